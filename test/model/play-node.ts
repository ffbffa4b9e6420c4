import type { ImageSpec, NodeImage } from '../../api/node-image.ts';
import { NODE_IMAGES, NODES, SECRETS } from '../../api/resources.ts';
import { timestamp } from '../../runtime/clock.ts';
import {
  condition,
  readyNode,
  withBump,
  withFillers,
  withHandWritten,
  withoutFillers,
} from './objects.ts';
import { attempt, create, merge, NAMESPACE, noted, remove } from './person.ts';
import type { Step } from './steps.ts';
import type { ModelWorld } from './world.ts';

/** Lets a step happen to a node, its NodeImage or its daemon. */
export async function onNode(world: ModelWorld, step: Step): Promise<void> {
  const now = timestamp(world.clock);
  switch (step.do) {
    case 'join':
      return create(world, NODES, readyNode(step.node, now));
    case 'leave':
      return remove(world, NODES, { name: step.node });
    case 'recreate':
      await remove(world, NODES, { name: step.node });
      return create(world, NODES, readyNode(step.node, now));
    case 'virtual': {
      const isVirtual = world.truth.nodes.get(step.node)?.metadata.labels?.['type'] !== undefined;
      const labels = { type: isVirtual ? null : 'virtual-kubelet' };
      return merge(world, NODES, { name: step.node }, { metadata: { labels } });
    }
    case 'zone':
      return merge(
        world,
        NODES,
        { name: step.node },
        { metadata: { labels: { zone: step.zone } } },
      );
    case 'ready':
    case 'not-ready':
    case 'disk-pressure': {
      const conditions = [
        condition('Ready', step.do !== 'not-ready', now),
        condition('DiskPressure', step.do === 'disk-pressure', now),
      ];
      return merge(world, NODES, { name: step.node }, { status: { conditions } }, 'status');
    }
    case 'daemon':
      world.daemons.setMode(step.node, step.mode);
      return;
    case 'limit':
      world.daemons.limit(step.host, step.ms);
      return;
    case 'restart-daemon':
      world.daemons.restart(step.node);
      return;
    case 'hand-write':
      return putImages(world, step.node, nodeImage => withHandWritten(nodeImage, step.image));
    case 'fill':
      return putImages(world, step.node, nodeImage => withFillers(nodeImage, step.room, now));
    case 'empty':
      return putImages(world, step.node, withoutFillers);
    case 'refuse-writes':
      world.admission.refuse(step.node, step.how);
      return;
    case 'bump':
      return putImages(world, step.node, nodeImage => withBump(nodeImage, step.image));
    case 'note-node-image':
      return merge(
        world,
        NODE_IMAGES,
        { name: step.node },
        { ...noted, spec: { 'x-spec': 'mine' } },
      );
    case 'note-mirrors':
      for (const { metadata } of world.truth.secrets.values()) {
        const { name, namespace = '' } = metadata;
        if (namespace !== NAMESPACE) await merge(world, SECRETS, { name, namespace }, noted);
      }
      return;
    default:
      throw new Error(`nobody does ${step.do}`);
  }
}

async function putImages(
  world: ModelWorld,
  node: string,
  change: (nodeImage: NodeImage) => Readonly<Record<string, ImageSpec>> | undefined,
): Promise<void> {
  const nodeImage = world.truth.nodeImages.get(node);
  const value = nodeImage && change(nodeImage);
  if (nodeImage === undefined || value === undefined) return;
  const path = nodeImage.spec === undefined ? '/spec' : '/spec/images';
  const whole = nodeImage.spec === undefined ? { images: value } : value;
  const operations = [{ op: 'add', path, value: whole } as const];
  await attempt(world.person.patch(NODE_IMAGES, { name: node }, { type: 'json', operations }));
}
