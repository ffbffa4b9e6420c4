import type { Channel, ChannelCredentials } from '@grpc/grpc-js';
import type { Clock } from '../../runtime/clock.ts';
import { CriError, UnimplementedError } from '../cri/cri-error.ts';
import { type RuntimeCall, type UnaryMethod, unary } from '../cri/unary.ts';
import { ContentClient, type Timestamp } from './content.gen.ts';
import type { Blob, ContentStore, Download, Held, Lease } from './content-store.ts';
import { LeasesClient } from './leases.gen.ts';
import { readBytes } from './read-bytes.ts';

/** containerd keeps what is Kubernetes' in this namespace. */
const HEADERS = { 'containerd-namespace': 'k8s.io' };

export interface GrpcContentStoreDeps {
  readonly channel: Channel;
  readonly credentials: ChannelCredentials;
  readonly clock: Clock;
}

/** The services of containerd behind a channel to its CRI socket. */
export function createGrpcContentStore(deps: GrpcContentStoreDeps): ContentStore {
  return new GrpcContentStore(deps);
}

class GrpcContentStore implements ContentStore {
  readonly #clock: Clock;
  readonly #leases: LeasesClient;
  readonly #content: ContentClient;
  /** What the runtime said when it was asked for leases and has none: it is not asked again. */
  #noLeases: UnimplementedError | undefined;

  constructor({ channel, credentials, clock }: GrpcContentStoreDeps) {
    this.#clock = clock;
    const address = channel.getTarget();
    this.#leases = new LeasesClient(address, credentials, { channelOverride: channel });
    this.#content = new ContentClient(address, credentials, { channelOverride: channel });
  }

  async createLease(labels: Lease['labels'], call: RuntimeCall): Promise<string> {
    const method = this.#leases.create.bind(this.#leases);
    const { lease } = await this.#askForLeases(method, { id: '', labels: { ...labels } }, call);
    if (lease === undefined) throw new CriError('PullFailed', 'the runtime made no lease');
    return lease.id;
  }

  async leasesWith(label: string, call: RuntimeCall): Promise<readonly Lease[]> {
    const method = this.#leases.list.bind(this.#leases);
    const { leases } = await this.#askForLeases(method, { filters: [`labels."${label}"`] }, call);
    // A filter is a favour: what it lets through is looked at here, so that nobody else's lease is ever touched.
    return leases.filter(({ labels }) => labels[label] !== undefined);
  }

  async deleteLease(id: string, call: RuntimeCall): Promise<void> {
    const method = this.#leases.delete.bind(this.#leases);
    await this.#askForLeases(method, { id, sync: true }, call).catch(unlessGone);
  }

  async heldBy(leaseId: string, call: RuntimeCall): Promise<readonly Held[]> {
    const method = this.#leases.listResources.bind(this.#leases);
    return (await this.#askForLeases(method, { id: leaseId }, call)).resources;
  }

  async hold(leaseId: string, resource: Held, call: RuntimeCall): Promise<void> {
    const method = this.#leases.addResource.bind(this.#leases);
    await this.#askForLeases(method, { id: leaseId, resource }, call);
  }

  async downloads(call: RuntimeCall): Promise<readonly Download[]> {
    const method = this.#content.listStatuses.bind(this.#content);
    const { statuses } = await this.#call(method, { filters: [] }, call);
    return statuses.map(({ ref, offset }) => ({ name: ref, doneBytes: offset }));
  }

  async blob(digest: string, call: RuntimeCall): Promise<Blob | undefined> {
    const method = this.#content.info.bind(this.#content);
    const answer = await this.#call(method, { digest }, call).catch(unlessGone);
    if (answer?.info === undefined) return undefined;
    const { size, labels, updatedAt } = answer.info;
    return { sizeBytes: size, labels, updatedAtMs: millisecondsOf(updatedAt) };
  }

  async read(digest: string, maxBytes: number, call: RuntimeCall): Promise<Uint8Array> {
    const method = this.#content.read.bind(this.#content);
    const request = { digest, offset: 0, size: maxBytes };
    return readBytes(method, request, { ...call, headers: HEADERS }, this.#clock);
  }

  async #askForLeases<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    call: RuntimeCall,
  ): Promise<Response> {
    if (this.#noLeases !== undefined) throw this.#noLeases;
    try {
      return await this.#call(method, request, call);
    } catch (error) {
      if (error instanceof UnimplementedError) this.#noLeases = error;
      throw error;
    }
  }

  #call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    call: RuntimeCall,
  ): Promise<Response> {
    return unary(method, request, { ...call, headers: HEADERS }, this.#clock);
  }
}

function unlessGone(error: unknown): undefined {
  if (error instanceof CriError && error.reason === 'NotFound') return undefined;
  throw error;
}

function millisecondsOf(time: Timestamp | undefined): number {
  return time === undefined ? 0 : time.seconds * 1000 + time.nanos / 1e6;
}
