import { objectKey } from '../api/meta.ts';
import type { PodNodes } from '../api/pod-nodes.ts';
import type { Informers } from './informers.ts';

/** Answers from the cache of pods. */
export function createPodNodes({ pods }: Pick<Informers, 'pods'>): PodNodes {
  return {
    nodeOf: ({ namespace, name, uid }) => {
      const pod = pods.get(objectKey(name, namespace));
      return pod?.metadata.uid === uid ? pod.spec?.nodeName : undefined;
    },
  };
}
