import type { Node } from '../../api/core.ts';
import { NODES } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import { HeadstartError } from '../../runtime/errors.ts';

export interface RegisterNodeDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Beside those that every node has. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Registers a node that is ready, as a kubelet does. */
export async function registerNode(
  name: string,
  { client, clock, labels: more = {} }: RegisterNodeDeps,
): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...more };
  await client.create<Node>(NODES, { metadata: { name, labels } });
  const now = timestamp(clock);
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'simulated',
    lastTransitionTime: now,
  };
  const nodeInfo = { operatingSystem: 'linux', kubeletVersion: 'v1.34.0', architecture: 'amd64' };
  const body = { status: { conditions: [ready], nodeInfo } };
  const patched = await client.patch(
    NODES,
    { name },
    { type: 'merge', body },
    { subresource: 'status' },
  );
  if (patched.status === undefined) throw new HeadstartError('INTERNAL', 'the Node has no status');
}
