import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { ANNOTATION_IMAGE_CHANGE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import { CLONE_SETS, IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import type { Lives } from '../../certs/lives.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { apiServerCounter, FAIL_OPEN } from './api-server-counter.ts';
import { CleanupStack } from './cleanup-stack.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';
import { type LoadBalancer, startLoadBalancer } from './load-balancer.ts';
import { until } from './until.ts';
import { startWebhookReplica, type WebhookReplica } from './webhook-replica.ts';
import { byUrl, isCalled } from './webhooks-in-process.ts';

/** As the manager has it: a replica that was told to stop goes on answering for so long. */
const LAME_DUCK_MS = 3000;

/** Two replicas behind a balancer, called by a kube-apiserver of their own. */
export class WebhookPair implements AsyncDisposable {
  readonly server: CrdServer;
  readonly #balancer: LoadBalancer;
  readonly #lives: Lives;
  readonly #cleanup: CleanupStack;
  #replicas: readonly WebhookReplica[] = [];
  /** Of the last change that a client made. */
  version = 0;
  /** Certificates and authorities that were served, by serial number. */
  readonly served = new Set<string>();
  readonly authorities = new Set<string>();

  private constructor(
    server: CrdServer,
    balancer: LoadBalancer,
    lives: Lives,
    cleanup: CleanupStack,
  ) {
    this.server = server;
    this.#balancer = balancer;
    this.#lives = lives;
    this.#cleanup = cleanup;
  }

  /** Returns when the API server calls both. */
  static async start(lives: Lives): Promise<WebhookPair> {
    const cleanup = new CleanupStack();
    const server = await startCrdServer();
    cleanup.defer('control plane', () => server[Symbol.asyncDispose]());
    const balancer = await startLoadBalancer();
    cleanup.defer('balancer', () => balancer[Symbol.asyncDispose]());
    await server.kubectl(['create', 'namespace', SYSTEM_NAMESPACE]);
    const pair = new WebhookPair(server, balancer, lives, cleanup);
    cleanup.defer('replicas', async () => {
      await Promise.all(pair.#replicas.map(replica => replica[Symbol.asyncDispose]()));
    });
    pair.#join(await Promise.all([pair.#startReplica(), pair.#startReplica()]));
    const items = byUrl(balancer.port);
    await server.controlPlane.apply({ apiVersion: 'v1', kind: 'List', items });
    for (const replica of pair.#replicas) replica.reachable();
    const logs = pair.#replicas.map(({ log }) => log);
    await until(() => isCalled(pair.client, logs), { what: 'the API server to call the webhooks' });
    return pair;
  }

  get client(): KubeClient {
    const [replica] = this.#replicas;
    assert.ok(replica !== undefined);
    return replica.client;
  }

  /** Webhook calls that failed and were left out. */
  leftOut(): Promise<number> {
    return apiServerCounter(this.server, FAIL_OPEN);
  }

  /** Puts a new replica in the place of the oldest: it takes requests before the old one stops, as in a rolling update. */
  async replaceOne(): Promise<void> {
    const [oldest, ...others] = this.#replicas;
    const replica = await this.#startReplica();
    replica.reachable();
    await until(() => replica.certificates.distrust() === undefined, {
      what: 'the new replica to be trusted',
    });
    this.#join([...others, replica]);
    await oldest?.[Symbol.asyncDispose]();
  }

  /** Both are gone at once, as when their nodes die. */
  async killBoth(): Promise<void> {
    this.#balancer.lead([]);
    await Promise.all(this.#replicas.map(replica => replica[Symbol.asyncDispose]()));
    this.#replicas = [];
  }

  /** Their address still takes connections, but nobody answers. */
  hang(): void {
    this.#balancer.hang();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanup.close();
  }

  async #startReplica(): Promise<WebhookReplica> {
    const options = { lives: this.#lives, lameDuckMs: LAME_DUCK_MS };
    const replica = await startWebhookReplica(this.server.controlPlane, options);
    const note = (): void => {
      const { certPem, issuerPem = '' } = replica.certificates.current();
      this.served.add(new X509Certificate(certPem).serialNumber);
      this.authorities.add(new X509Certificate(issuerPem).serialNumber);
    };
    note();
    replica.certificates.onChange(note);
    return replica;
  }

  #join(replicas: readonly WebhookReplica[]): void {
    this.#replicas = replicas;
    this.#balancer.lead(replicas.map(({ port }) => port));
  }
}

const WEB = { namespace: 'default', name: 'web' };

/** Makes the CloneSet that {@link changeAndDeny} changes. */
export async function createCloneSet(client: KubeClient): Promise<void> {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'a:0' }] } };
  const spec = { replicas: 5, selector: { matchLabels: labels }, template };
  await client.create(CLONE_SETS, { metadata: WEB, spec } as Workload);
}

/** One image change, which must come back with its mark, and one bad job, which a webhook must deny. */
export async function changeAndDeny(client: KubeClient, version: number): Promise<void> {
  const path = '/spec/template/spec/containers/0/image';
  const operations = [{ op: 'replace', path, value: `a:${version}` }] as const;
  const { metadata } = await client.patch(CLONE_SETS, WEB, { type: 'json', operations });
  const mark = metadata.annotations?.[ANNOTATION_IMAGE_CHANGE] ?? '';
  assert.ok(mark.includes(`a:${version}`), `change ${version} was not seen: ${mark}`);
  const job = { metadata: { ...WEB, name: 'bad' }, spec: { image: 'a:1', parallelism: -1 } };
  await assert.rejects(client.create(IMAGE_PULL_JOBS, job as object as never), error => {
    assert.ok(error instanceof KubeError, String(error));
    assert.match(
      error.message,
      /webhook "mutate\.imagepulljob\.headstart" denied the request: spec\.parallelism/,
    );
    return true;
  });
}
