import type {
  Blob,
  ContentStore,
  Download,
  Held,
  Lease,
} from '../../../daemon/containerd/content-store.ts';
import { CriError } from '../../../daemon/cri/cri-error.ts';
import type { RuntimeCall } from '../../../daemon/cri/unary.ts';

interface FakeLease extends Lease {
  readonly held: Held[];
}

/** containerd's content and leases in memory. */
export class FakeContentStore implements ContentStore {
  readonly leases = new Map<string, FakeLease>();
  readonly blobs = new Map<string, Blob & { readonly bytes?: Uint8Array }>();
  running: readonly Download[] = [];
  /** Called before every answer, with the name of the call; what it throws is the answer. */
  before: (method: string, call: RuntimeCall) => void | Promise<void> = () => {};
  #made = 0;

  async createLease(labels: Lease['labels'], call: RuntimeCall): Promise<string> {
    await this.before('createLease', call);
    const id = `lease-${++this.#made}`;
    this.leases.set(id, { id, labels, held: [] });
    return id;
  }

  async leasesWith(label: string, call: RuntimeCall): Promise<readonly Lease[]> {
    await this.before('leasesWith', call);
    return [...this.leases.values()].filter(({ labels }) => labels[label] !== undefined);
  }

  async deleteLease(id: string, call: RuntimeCall): Promise<void> {
    await this.before('deleteLease', call);
    this.leases.delete(id);
  }

  async heldBy(leaseId: string, call: RuntimeCall): Promise<readonly Held[]> {
    await this.before('heldBy', call);
    return this.#lease(leaseId).held;
  }

  async hold(leaseId: string, held: Held, call: RuntimeCall): Promise<void> {
    await this.before('hold', call);
    this.#lease(leaseId).held.push(held);
  }

  async downloads(call: RuntimeCall): Promise<readonly Download[]> {
    await this.before('downloads', call);
    return this.running;
  }

  async blob(digest: string, call: RuntimeCall): Promise<Blob | undefined> {
    await this.before('blob', call);
    return this.blobs.get(digest);
  }

  async read(digest: string, maxBytes: number, call: RuntimeCall): Promise<Uint8Array> {
    await this.before('read', call);
    return (this.blobs.get(digest)?.bytes ?? new Uint8Array()).subarray(0, maxBytes);
  }

  #lease(id: string): FakeLease {
    const lease = this.leases.get(id);
    if (lease === undefined) throw new CriError('NotFound', `lease "${id}": not found`);
    return lease;
  }
}
