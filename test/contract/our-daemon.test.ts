import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { NodeImage, NodeImageStatus } from '../../api/node-image.ts';
import { NODE_IMAGES, SECRETS } from '../../api/resources.ts';
import { createDaemon } from '../../daemon/daemon.ts';
import type { JsonPatchOperation } from '../../kube/kube-client.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { PULL_SEQUENCES } from './our-daemon.pulls.ts';
import type { DaemonStep } from './our-daemon.steps.ts';
import { VERSION_SEQUENCES } from './our-daemon.versions.ts';
import { assertPeerUnderstands, statusesForPeer, statusOfPeer } from './peer-schema.ts';
import { ScriptedRuntime } from './scripted-runtime.ts';

const NODE = 'node-1';

/** Headstart's daemon on one node, and what OpenKruise's manager writes. */
class Stage implements AsyncDisposable {
  readonly #clock = new FakeClock();
  readonly #kube = new FakeKube({ clock: this.#clock });
  readonly #runtime = new ScriptedRuntime(this.#clock);
  readonly #folder: TempFolder;
  readonly #socket: Server;
  #stop: () => Promise<void> = () => Promise.resolve();

  private constructor(folder: TempFolder, socket: Server) {
    this.#folder = folder;
    this.#socket = socket;
    this.#kube.seed(NODE_IMAGES, { metadata: { name: NODE }, spec: {} });
  }

  static async start(): Promise<Stage> {
    const folder = await makeTempFolder();
    const socket = createServer();
    await new Promise<void>(resolve => {
      socket.listen(join(folder.path, 'containerd.sock'), () => resolve());
    });
    const stage = new Stage(folder, socket);
    await stage.#startDaemon();
    return stage;
  }

  get nodeImage(): NodeImage {
    const found = this.#kube.read(NODE_IMAGES, NODE);
    assert.ok(found, 'the node has a NodeImage');
    return found;
  }

  async play(step: DaemonStep): Promise<void> {
    if ('seconds' in step) await this.#pass(step.seconds);
    if ('registry' in step) this.#runtime.answer(step.registry, step.answer);
    if ('secret' in step) this.#mirror(step);
    if ('wants' in step) await this.#put({ images: step.wants });
    if ('declares' in step) await this.#declare(statusOfPeer(this.nodeImage, step.declares));
    if ('restarts' in step) {
      await this.#stop();
      await this.#startDaemon();
    }
    if ('reports' in step) this.#assertReports(step.reports);
    if ('pulled' in step) assert.deepEqual(this.#pulled(step.pulled), step.pulled);
    if ('cancelled' in step) assert.deepEqual(this.#runtime.cancelled, step.cancelled);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await new Promise(resolve => this.#socket.close(resolve));
    await this.#folder[Symbol.asyncDispose]();
  }

  /** Second by second, with room for the file system in between: the daemon looks after its socket. */
  async #pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.#clock.advance(1_000);
      await stat(this.#folder.path);
    }
  }

  async #startDaemon(): Promise<void> {
    const daemon = createDaemon(
      { nodeName: NODE, runDir: this.#folder.path },
      {
        client: this.#kube,
        clock: this.#clock,
        log: new RecordingLogger(),
        metrics: noMetrics,
        events: { event: () => {}, flush: () => Promise.resolve() },
        random: () => 0,
        connect: () => this.#runtime,
      },
    );
    const abort = new AbortController();
    const running = daemon.run(abort.signal);
    this.#stop = async () => {
      abort.abort(new Error('stopped'));
      await running;
    };
    for (let turn = 0; !daemon.ready() && turn < 1_000; turn++) {
      // It looks for its socket in the file system, which takes as long as it takes.
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    assert.deepEqual(daemon.problems, []);
  }

  #mirror({ secret, auths, references }: Extract<DaemonStep, { secret: string }>): void {
    const text = JSON.stringify({ auths });
    this.#kube.seed(SECRETS, {
      metadata: {
        name: secret,
        namespace: 'kruise-daemon-config',
        annotations: {
          'imagepulljobs.kruise.io/source-key': `default/${secret.split('-')[0]}`,
          ...(references === undefined
            ? {}
            : {
                'imagepulljobs.kruise.io/references': references,
                'imagepulljobs.kruise.io/mode': 'batch',
              }),
        },
      },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from(text).toString('base64') },
    });
  }

  async #put(spec: NodeImage['spec']): Promise<void> {
    await this.#patch({ op: 'replace', path: '/spec', value: spec });
    await settle();
  }

  async #declare(value: NodeImageStatus): Promise<void> {
    await this.#patch({ op: 'add', path: '/status', value }, 'status');
  }

  async #patch(operation: JsonPatchOperation, subresource?: 'status'): Promise<void> {
    const patch = { type: 'json', operations: [operation] } as const;
    const options = subresource === undefined ? {} : { subresource };
    await this.#kube.patch(NODE_IMAGES, { name: NODE }, patch, options);
  }

  #assertReports(expected: Readonly<Record<string, readonly object[]>>): void {
    assertPeerUnderstands(this.nodeImage);
    const reported = statusesForPeer(this.nodeImage);
    for (const [name, tags] of Object.entries(expected)) {
      for (const [index, tag] of tags.entries()) {
        const found = reported[name]?.[index];
        const when = 'completionTime' in tag ? tag.completionTime : undefined;
        const completionTime =
          when === 'later' ? { completionTime: found?.['completionTime'] } : {};
        assert.deepEqual(found, { ...tag, ...completionTime }, `${name} ${index}`);
      }
      assert.equal(reported[name]?.length, tags.length);
    }
    assert.deepEqual(Object.keys(reported).sort(), Object.keys(expected).sort());
  }

  /** As much of each call as is asked about. */
  #pulled(expected: readonly (string | object)[]): readonly unknown[] {
    return this.#runtime.pulls.map(({ image, credential, labels, annotations }, index) => {
      if (typeof expected[index] !== 'object') return image;
      return { image, user: credential?.username, labels, annotations };
    });
  }
}

describe("contract: Headstart's daemon with OpenKruise's manager", () => {
  for (const { title, sections, steps } of [...VERSION_SEQUENCES, ...PULL_SEQUENCES]) {
    it(`${title} (${sections})`, async () => {
      await using stage = await Stage.start();
      for (const step of steps) await stage.play(step);
    });
  }
});
