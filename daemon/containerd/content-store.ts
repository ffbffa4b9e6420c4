import type { RuntimeCall } from '../cri/unary.ts';

/** A call with this header runs under the lease it names: whatever it downloads, the lease holds from the first byte on. */
export const LEASE_HEADER = 'containerd-lease';

/** Holds what a call has downloaded, and outlives the call. */
export interface Lease {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a lease holds. Types are `content` (a complete blob, by digest), `ingests` (a download under way, by name) and `snapshots/…`. */
export interface Held {
  readonly type: string;
  readonly id: string;
}

/** A download under way, or one that stopped. */
export interface Download {
  /** `layer-sha256:…` */
  readonly name: string;
  readonly doneBytes: number;
}

/** A complete blob. */
export interface Blob {
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix time. */
  readonly updatedAtMs: number;
}

/** containerd's leases and content, as far as pulls need them. Other runtimes have none: there every call throws CriError. */
export interface ContentStore {
  /** Makes a lease and returns its id. */
  createLease(labels: Readonly<Record<string, string>>, call: RuntimeCall): Promise<string>;
  /** The leases that carry `label`, whatever its value. */
  leasesWith(label: string, call: RuntimeCall): Promise<readonly Lease[]>;
  /** Lets go of what the lease holds; what nothing else holds is gone when this returns. */
  deleteLease(id: string, call: RuntimeCall): Promise<void>;
  heldBy(leaseId: string, call: RuntimeCall): Promise<readonly Held[]>;
  hold(leaseId: string, held: Held, call: RuntimeCall): Promise<void>;
  downloads(call: RuntimeCall): Promise<readonly Download[]>;
  /** Undefined when there is no complete blob of this digest. */
  blob(digest: string, call: RuntimeCall): Promise<Blob | undefined>;
  /** The bytes of a blob, at most `maxBytes`. */
  read(digest: string, maxBytes: number, call: RuntimeCall): Promise<Uint8Array>;
}
