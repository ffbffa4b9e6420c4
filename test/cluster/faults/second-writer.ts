import assert from 'node:assert/strict';
import { NODE_IMAGES, NODES } from '../../../api/resources.ts';
import { until } from '../until.ts';
import { metricSum } from './metric-sum.ts';
import type { FaultWorld } from './world.ts';

const IMAGE = 'registry.example/tool';
const ANNOTATION = 'example.com/round';
const WRITERS = 4;
/** With all that the schema would fill in. */
const PULL_POLICY = { timeoutSeconds: 600, backoffLimit: 3, ttlSecondsAfterFinished: 3600 };
const TAGS = [{ tag: '1', createdAt: '2026-01-01T00:00:00Z', pullPolicy: PULL_POLICY }];

/** Somebody else who patches NodeImages without end. */
export interface SecondWriter {
  /** Ends it. */
  stop(): Promise<void>;
  /** What it wrote last has to be there still, and its labels gone: those are the Node's alone. */
  keptEverything(): Promise<void>;
  /** Takes its tags away. */
  cleanUp(): Promise<void>;
}

/** Reference of the image that the second writer wants by hand. */
export const SECOND_WRITERS_IMAGE = `${IMAGE}:1`;

/** Patches annotation, label and a hand-written tag of the NodeImages `names`, round after round. */
export function startSecondWriter({ client }: FaultWorld, names: readonly string[]): SecondWriter {
  const rounds = new Map<string, number>();
  let stopped = false;
  const patch = (name: string, body: unknown) =>
    client.patch(NODE_IMAGES, { name }, { type: 'merge', body });
  const write = async (name: string): Promise<void> => {
    const round = (rounds.get(name) ?? 0) + 1;
    rounds.set(name, round);
    const spec = { images: { [IMAGE]: { tags: TAGS } } };
    const values = { [ANNOTATION]: `${round}` };
    await patch(name, { metadata: { annotations: values, labels: values }, spec });
  };
  const loop = async (first: number): Promise<void> => {
    for (let index = first; !stopped; index = (index + WRITERS) % names.length) {
      await write(names[index] ?? '');
    }
  };
  const running = Promise.all(Array.from({ length: WRITERS }, (_, index) => loop(index)));
  // Whoever stops it hears of a failure.
  running.catch(() => {});
  return {
    async stop() {
      stopped = true;
      await running;
    },
    async keptEverything() {
      for (const name of names) {
        const find = async () => {
          const [node, found] = await Promise.all([
            client.get(NODES, { name }),
            client.get(NODE_IMAGES, { name }),
          ]);
          assert.deepEqual(found?.metadata.labels, node?.metadata.labels);
          return found;
        };
        const nodeImage = await until(find, { what: `the labels of ${name}` });
        assert.equal(nodeImage.metadata.annotations?.[ANNOTATION], `${rounds.get(name)}`);
        assert.deepEqual(nodeImage.spec.images?.[IMAGE], { tags: TAGS });
      }
    },
    async cleanUp() {
      for (const name of names) await patch(name, { spec: { images: { [IMAGE]: null } } });
    },
  };
}

/** Writes of NodeImages that kube-apiserver answered with 409 so far. Only guarded writes can be. */
export async function conflictsOf({ apiServerMetrics }: FaultWorld): Promise<number> {
  const labels = { resource: 'nodeimages', code: '409' };
  return metricSum(await apiServerMetrics(), 'apiserver_request_total', labels);
}
