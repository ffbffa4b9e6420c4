import type { ImageTagSpec } from '../api/node-image.ts';
import type { DaemonMachine } from '../test/cluster/daemon-machine.ts';
import type { DaemonNode } from '../test/cluster/daemon-node.ts';
import { pushLayeredImage } from '../test/cluster/layered-image.ts';
import { until } from '../test/cluster/until.ts';
import type { Result } from './scenario.ts';

/** An image of two layers takes 4 s, so that an interruption at half of it cuts both in the middle. */
const BYTES_PER_SECOND = 2_000_000;
const LAYER_BYTES = 4_000_000;
const TIMEOUT_SECONDS = 2;

/** A pull under test. */
interface Pull {
  readonly node: DaemonNode;
  readonly want: (spec?: Partial<ImageTagSpec>) => Promise<void>;
}

/** What gets in the way of a pull at half of its bytes. */
const INTERRUPTIONS: Readonly<Record<string, (pull: Pull) => Promise<void>>> = {
  // The policy of the tag cuts it.
  timeout: async () => {},
  newVersion: ({ want }) => want({ version: 1 }),
  daemonRestart: async ({ node }) => {
    await node.daemon.kill();
    node.daemon.start();
  },
};

/** Bytes that a real containerd asked a real registry for again, for each interruption: what was sent less what the image has. */
export async function refetchedBytes(machine: DaemonMachine): Promise<Result> {
  const { registry } = machine;
  const node = await machine.addNode('refetch');
  node.daemon.start();
  registry.door.limit(BYTES_PER_SECOND);
  const results: Record<string, number> = {};
  for (const [name, interrupt] of Object.entries(INTERRUPTIONS)) {
    results[name] = await refetched(name, interrupt, node, machine);
  }
  registry.door.limit(undefined);
  await node.daemon.stop();
  return results;
}

async function refetched(
  name: string,
  interrupt: (pull: Pull) => Promise<void>,
  node: DaemonNode,
  { registry }: DaemonMachine,
): Promise<number> {
  const repository = `bench/${name.toLowerCase()}`;
  const { bytes } = await pushLayeredImage(registry, repository, ['1'], [LAYER_BYTES, LAYER_BYTES]);
  const image = `${registry.host}/${repository}`;
  const timeoutSeconds = name === 'timeout' ? TIMEOUT_SECONDS : 600;
  const want: Pull['want'] = (spec = {}) =>
    node.want({
      [image]: [{ tag: '1', pullPolicy: { timeoutSeconds }, imagePullPolicy: 'Always', ...spec }],
    });
  const sent = (): number =>
    registry.downloads(repository).reduce((sum, request) => sum + request.bytes, 0);
  await want();
  await until(() => sent() > bytes / 2, { what: `half of ${image}`, everyMs: 10 });
  await interrupt({ node, want });
  const version = name === 'newVersion' ? 1 : 0;
  await until(
    async () => {
      const status = await node.status(image, '1');
      if (status?.phase === 'Failed') throw new Error(`${image}: ${status.message}`);
      return status?.phase === 'Succeeded' && (status.version ?? 0) === version;
    },
    { what: `${image} to be there`, timeoutMs: 120_000 },
  );
  return sent() - bytes;
}
