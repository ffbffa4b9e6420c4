import { isBeingDeleted } from '../api/meta.ts';
import type { NodeImage } from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { Informer } from '../kube/informer.ts';
import type { ReflectorDeps } from '../kube/reflector.ts';

/** Told what the NodeImage is now; undefined when there is none, or soon none. */
export type NodeImageListener = (nodeImage: NodeImage | undefined) => void;

/** Watches the one NodeImage of a node, whose name is the node's. */
export function watchNodeImage(
  nodeName: string,
  listener: NodeImageListener,
  deps: ReflectorDeps,
): Informer<NodeImage> {
  const informer = createInformer(
    // Consistent: an answer from a cache may lack results that the daemon wrote before it was restarted.
    { resource: NODE_IMAGES, fieldSelector: `metadata.name=${nodeName}`, consistent: true },
    deps,
  );
  informer.onChange(({ type, object }) => {
    listener(type === 'deleted' || isBeingDeleted(object) ? undefined : object);
  });
  return informer;
}
