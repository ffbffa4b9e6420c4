import type { Node, Pod } from '../api/core.ts';
import { NODES, PODS } from '../api/resources.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { noMetrics } from '../runtime/metrics.ts';
import { Semaphore } from '../runtime/semaphore.ts';

/** More at once would not be faster. */
export const WRITES_AT_ONCE = 32;
/** Nodes are spread over so many groups, by label. */
export const NODE_GROUPS = 10;
export const LABEL_GROUP = 'bench/group';

/** Runs `write` for each of `count` numbers from 0 on. */
export async function writeMany(
  count: number,
  write: (index: number) => Promise<unknown>,
): Promise<void> {
  const slots = new Semaphore({ name: 'bench', limit: WRITES_AT_ONCE }, { metrics: noMetrics });
  const indexes = Array.from({ length: count }, (_, index) => index);
  await Promise.all(indexes.map(index => slots.run(undefined, () => write(index))));
}

/** The name of a node. */
export const nodeName = (index: number): string => `node-${index + 1}`;

/** Registers a node that is Ready. */
export function createNode(client: KubeClient, index: number): Promise<Node> {
  const name = nodeName(index);
  return client.create(NODES, {
    metadata: {
      name,
      labels: {
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        [LABEL_GROUP]: String(index % NODE_GROUPS),
      },
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

/** A pod that was scheduled to `node`, as large as pods are: about 3 KB. */
export function createPod(
  client: KubeClient,
  { name, app, node }: { readonly name: string; readonly app: string; readonly node: string },
): Promise<Pod> {
  const env = Array.from({ length: 12 }, (_, index) => ({
    name: `SETTING_${index}`,
    value: `https://service-${index}.example.svc.cluster.local:8443/path`,
  }));
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } };
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 };
  const container = { env, resources, readinessProbe: probe, livenessProbe: probe };
  const spec = {
    nodeName: node,
    containers: [
      { ...container, name: 'main', image: `registry.example/${app}:1` },
      { ...container, name: 'proxy', image: 'registry.example/proxy:1' },
    ],
  };
  const labels = { app, 'pod-template-hash': '5d4f8c7b9' };
  return client.create<Pod>(PODS, { metadata: { name, namespace: 'default', labels }, spec });
}
