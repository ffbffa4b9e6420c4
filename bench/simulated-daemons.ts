// The daemons of all nodes in one process with one watch: startNodes('simulated-daemons.ts', SimulatedDaemonsOptions).

import { DAEMON_FIELD_MANAGER } from '../api/names.ts';
import {
  type ImageTagStatus,
  isFinalPhase,
  type NodeImage,
  type NodeImageStatus,
} from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { Change } from '../kube/informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { isNotFound } from '../kube/kube-error.ts';
import { systemClock, timestamp } from '../runtime/clock.ts';
import { connectAs, informerDeps } from './connection.ts';
import { answerWith, tell } from './nodes-process.ts';
import { TagWatch } from './tag-watch.ts';

export interface SimulatedDaemonsOptions {
  readonly kubeconfig: string;
  readonly pullMs: number;
  readonly jitter: number;
}

interface Pull {
  readonly image: string;
  readonly tag: string;
  readonly version: number;
}

/** A pull that runs, or has ended. */
interface Task {
  readonly cancel: () => void;
}

/** Each pull is reported with one write, as the real daemon reports a pull that is short. */
class SimulatedDaemons {
  readonly #client: KubeClient;
  readonly #options: SimulatedDaemonsOptions;
  /** By node, then by image, tag and version. */
  readonly #tasks = new Map<string, Map<string, Task>>();

  constructor(client: KubeClient, options: SimulatedDaemonsOptions) {
    this.#client = client;
    this.#options = options;
  }

  onChange({ type, object }: Change<NodeImage>): void {
    const { name } = object.metadata;
    const pulls = type === 'deleted' ? [] : unfinishedPulls(object);
    const wanted = new Map(pulls.map(pull => [keyOf(pull), pull]));
    const tasks = this.#tasks.get(name) ?? new Map<string, Task>();
    for (const [key, { cancel }] of tasks) {
      if (wanted.has(key)) continue;
      cancel();
      tasks.delete(key);
    }
    for (const [key, pull] of wanted) {
      if (!tasks.has(key)) tasks.set(key, this.#begin(name, pull));
    }
    if (tasks.size === 0) this.#tasks.delete(name);
    else this.#tasks.set(name, tasks);
  }

  #begin(node: string, pull: Pull): Task {
    const { pullMs, jitter } = this.#options;
    const startTime = timestamp(systemClock);
    const ms = pullMs * (1 + jitter * (2 * Math.random() - 1));
    const cancel = systemClock.after(ms, () => {
      this.#report(node, succeeded(pull, startTime)).catch((error: unknown) => {
        // A node that left needs no report.
        if (!isNotFound(error)) console.error(`${node} ${keyOf(pull)} was not reported:`, error);
      });
    });
    return { cancel };
  }

  async #report(node: string, status: NodeImageStatus): Promise<void> {
    const patch = { type: 'merge', body: { status } } as const;
    await this.#client.patch(NODE_IMAGES, { name: node }, patch, { subresource: 'status' });
  }
}

const keyOf = ({ image, tag, version }: Pull): string => `${image}:${tag} ${version}`;

function unfinishedPulls({ spec, status }: NodeImage): readonly Pull[] {
  return Object.entries(spec?.images ?? {}).flatMap(([image, { tags }]) =>
    tags.flatMap(({ tag, version = 0 }) => {
      const known = status?.imageStatuses?.[image]?.tags.find(found => found.tag === tag);
      const ended = known?.version === version && isFinalPhase(known.phase);
      return ended ? [] : [{ image, tag, version }];
    }),
  );
}

/** As a node reports that wants one tag only. */
function succeeded({ image, tag, version }: Pull, startTime: string): NodeImageStatus {
  const completionTime = timestamp(systemClock);
  const result: ImageTagStatus = {
    tag,
    version,
    phase: 'Succeeded',
    progress: 100,
    startTime,
    completionTime,
  };
  return { desired: 1, succeeded: 1, imageStatuses: { [image]: { tags: [result] } } };
}

async function main(options: SimulatedDaemonsOptions): Promise<void> {
  const connection = await connectAs(DAEMON_FIELD_MANAGER, options.kubeconfig);
  const daemons = new SimulatedDaemons(connection.client, options);
  const watch = new TagWatch({
    onFirstTag: () => tell({ kind: 'first tag' }),
    onLastTagGone: () => tell({ kind: 'last tag gone' }),
  });
  answerWith(() => ({ mostAtOnce: watch.mostAtOnce, kubeletPulls: [] }));
  const informer = createInformer(
    { resource: NODE_IMAGES },
    informerDeps('simulated-daemons', connection),
  );
  informer.onChange(change => {
    watch.see(change);
    daemons.onChange(change);
  });
  const running = informer.run(new AbortController().signal);
  await informer.synced();
  tell({ kind: 'ready' });
  await running;
}

// Its parent is gone.
process.on('disconnect', () => process.exit(0));
await main(JSON.parse(process.argv[2] ?? '') as SimulatedDaemonsOptions);
