import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isJsonObject, type JsonObject } from '../../../api/json.ts';
import type { NodeImage, NodeImageStatus } from '../../../api/node-image.ts';
import { credentialsFrom } from '../../../daemon/credentials/credential-part.ts';
import { pullSecretCredentials } from '../../../daemon/credentials/pull-secrets.ts';
import { SecretStore } from '../../../daemon/credentials/secret-store.ts';
import { createImageFs } from '../../../daemon/image-fs.ts';
import { PullScheduler } from '../../../daemon/pull-scheduler.ts';
import { PullSlots } from '../../../daemon/pull-slots.ts';
import { readNodeImage } from '../../../daemon/read-node-image.ts';
import { nodeImageStatus } from '../../../daemon/status.ts';
import { statusPatch } from '../../../daemon/status-patch.ts';
import { noMetrics } from '../../../runtime/metrics.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { pullSecret } from '../credentials/secret-objects.ts';
import { FakeRuntime, fails } from '../fake-runtime.ts';
import { CREATED_AT, nodeImage, tagSpec } from '../node-images.ts';
import type { FuzzProperty } from './fuzz-property.ts';
import { dockerConfigText, mostly, SECRET } from './hostile-credentials.ts';
import { anyStatus, imagesBesideGood } from './hostile-node-images.ts';

/** A scheduler with a runtime and an API server in memory. */
class Node implements AsyncDisposable {
  readonly kube = new FakeKube();
  readonly runtime = new FakeRuntime();
  readonly log = new RecordingLogger();
  readonly scheduler: PullScheduler;

  constructor() {
    const { kube, runtime, log } = this;
    const { clock } = kube;
    const credentials = credentialsFrom([
      pullSecretCredentials(new SecretStore({ client: kube, clock })),
    ]);
    const slots = new PullSlots({ limit: 3 }, { clock, metrics: noMetrics });
    const imageFs = createImageFs({}, { log });
    const deps = { runtime, log, clock, credentials, slots, imageFs, random: () => 0 };
    this.scheduler = new PullScheduler(deps, {
      onProgress: () => {},
      onRetry: () => {},
      onEnd: () => {},
    });
  }

  /** Lets a minute pass over what a NodeImage wants, and returns the status that it gets. */
  async work(object: NodeImage): Promise<NodeImageStatus> {
    this.scheduler.apply(readNodeImage(object));
    await this.kube.clock.advance(60_000);
    return nodeImageStatus(readNodeImage(object), this.scheduler.statusOf, CREATED_AT);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scheduler.close();
  }
}

/** Image and tag of all entries that a status can speak of. */
function namedTags(images: JsonObject): string[] {
  return Object.entries(images).flatMap(([name, image]) => {
    const tags: unknown = isJsonObject(image) ? image['tags'] : undefined;
    if (!Array.isArray(tags)) return [];
    return tags.flatMap((entry: unknown) => {
      const tag = isJsonObject(entry) ? entry['tag'] : undefined;
      return typeof tag === 'string' && tag !== '' ? [`${name} ${tag}`] : [];
    });
  });
}

/** What stands in `spec` and `status` when nothing has checked them. */
export const NODE_IMAGE_PROPERTIES: readonly FuzzProperty[] = [
  {
    name: 'every tag of a NodeImage gets a result, and what is well in it is pulled',
    runs: 400,
    property: fc.asyncProperty(imagesBesideGood, anyStatus, async (images, status) => {
      await using node = new Node();
      const object = { ...nodeImage({}), spec: { images }, status } as unknown as NodeImage;
      const next = await node.work(object);
      const results = Object.entries(next.imageStatuses ?? {}).flatMap(([name, { tags }]) =>
        tags.map(tag => ({ ...tag, key: `${name} ${tag.tag}` })),
      );
      assert.deepEqual(new Set(results.map(({ key }) => key)), new Set(namedTags(images)));
      for (const { key, phase, message } of results) {
        assert.ok(phase === 'Succeeded' || phase === 'Failed', `${key} is ${phase}: ${message}`);
      }
      const good = results.find(({ key }) => key === 'good.test/app 1');
      assert.equal(good?.phase, 'Succeeded');
      assert.deepEqual(node.log.at('error'), []);
      statusPatch(object.status, next);
    }),
  },
  {
    name: 'any JSON as spec or status does no harm',
    runs: 400,
    property: fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (spec, status) => {
      await using node = new Node();
      const object = { ...nodeImage({}), spec, status } as unknown as NodeImage;
      statusPatch(object.status, await node.work(object));
      assert.deepEqual(node.log.at('error'), []);
    }),
  },
  {
    name: 'a pull that is refused with any pull secret tells none of it',
    runs: 300,
    property: fc.asyncProperty(
      dockerConfigText,
      mostly(fc.constant('kubernetes.io/dockerconfigjson')),
      async (text, type) => {
        await using node = new Node();
        const data = { '.dockerconfigjson': Buffer.from(text).toString('base64') };
        pullSecret(node.kube, 'pull', { type: type as string, data });
        node.runtime.answer(fails('Unauthorized', '401 Unauthorized'));
        const pullSecrets = [{ namespace: 'ns', name: 'pull' }];
        const status = await node.work(
          nodeImage({ 'reg.test/app': { tags: [tagSpec('1')], pullSecrets } }),
        );
        assert.equal(status.failed, 1);
        assert.ok(!JSON.stringify([status, node.log.lines]).includes(SECRET));
      },
    ),
  },
];
