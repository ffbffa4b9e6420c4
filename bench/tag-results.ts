import type { NodeImage } from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { CleanupStack } from '../test/cluster/cleanup-stack.ts';
import { informerDeps } from './connection.ts';

/** Sees what becomes of the tags of one NodeImage. */
export interface TagResults {
  /** Resolves with the time, of performance.now(), at which the API shows `count` tags of `image` to be there. */
  succeeded(image: string, count: number): Promise<number>;
}

/** Watches `node` until `cleanup`. */
export async function watchTagResults(
  node: string,
  client: KubeClient,
  cleanup: CleanupStack,
): Promise<TagResults> {
  const informer = createInformer<NodeImage>(
    { resource: NODE_IMAGES },
    informerDeps('bench', { client }),
  );
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  cleanup.defer('watch of results', async () => {
    stop.abort();
    await running;
  });
  await informer.synced();
  const tests = new Set<(nodeImage: NodeImage) => void>();
  informer.onChange(({ object }) => {
    if (object.metadata.name !== node) return;
    for (const test of tests) test(object);
  });
  return {
    succeeded: (image, count) =>
      new Promise(resolve => {
        const test = (nodeImage: NodeImage): void => {
          if (succeededTags(nodeImage, image) < count) return;
          tests.delete(test);
          resolve(performance.now());
        };
        tests.add(test);
      }),
  };
}

function succeededTags({ spec, status }: NodeImage, image: string): number {
  const wanted = spec.images?.[image]?.tags ?? [];
  const tags = status?.imageStatuses?.[image]?.tags ?? [];
  const isThere = ({ tag, version = 0 }: (typeof wanted)[number]): boolean =>
    tags.some(
      other => other.tag === tag && (other.version ?? 0) === version && other.phase === 'Succeeded',
    );
  return wanted.filter(isThere).length;
}
