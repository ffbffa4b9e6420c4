import type { Node } from '../../api/core.ts';
import { isBeingDeleted } from '../../api/meta.ts';

/** Whether the node has a NodeImage: it runs Linux and a kubelet, so that a daemon can be there. */
export function runsDaemon(node: Node): boolean {
  const { metadata, status } = node;
  if (isBeingDeleted(node) || metadata.labels?.['type'] === 'virtual-kubelet') return false;
  // A node that has just been registered may not have said yet; its label comes with the registration.
  const os = status?.nodeInfo?.operatingSystem || metadata.labels?.['kubernetes.io/os'] || 'linux';
  return os === 'linux';
}
