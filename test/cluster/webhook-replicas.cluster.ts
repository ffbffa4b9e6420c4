import assert from 'node:assert/strict';
import type { KubeObject } from '../../api/meta.ts';
import { ANNOTATION_IMAGE_CHANGE } from '../../api/names.ts';
import { imagePullJob, named } from '../manifests/test-objects.ts';
import {
  CERTIFICATE_TROUBLES,
  isMended,
  startEditingConfigurations,
} from './certificate-troubles.ts';
import { sleep, until } from './until.ts';
import { changeAndDeny, createCloneSet, WebhookPair } from './webhook-pair.ts';

/** Certificates that live this short are replaced all the time: serving ones every 4 s, authorities every 8 s. */
const LIVES = { authorityMs: 12_000, servingMs: 6_000 };
/** Of what is in trouble: with time to spare for a machine that is busy. */
const CALMER_LIVES = { authorityMs: 24_000, servingMs: 12_000 };
const SOAK_MS = 25_000;
const PAUSE_MS = 20;
/** What kubectl and a busy machine take at most. */
const KUBECTL_MS = 1_900;

/** Changes and bad jobs, one after the other, as long as `work` lasts. Returns how many. */
async function under(pair: WebhookPair, work: Promise<unknown>): Promise<number> {
  let done = false;
  const end = work.finally(() => {
    done = true;
  });
  // It is awaited when the last change has been made.
  end.catch(() => {});
  const before = pair.version;
  while (!done) {
    await changeAndDeny(pair.client, ++pair.version);
    await sleep(PAUSE_MS);
  }
  await end;
  return pair.version - before;
}

describe('two webhook replicas on kube-apiserver', () => {
  let pair: WebhookPair;
  let leftOut: number;

  before(async () => {
    pair = await WebhookPair.start(LIVES);
    await createCloneSet(pair.client);
    leftOut = await pair.leftOut();
  });
  after(() => pair?.[Symbol.asyncDispose]());

  it('lose no admission while authorities and certificates are replaced again and again', async () => {
    const changes = await under(pair, new Promise(resolve => setTimeout(resolve, SOAK_MS)));
    assert.ok(pair.authorities.size >= 3, `${pair.authorities.size} authorities`);
    assert.ok(pair.served.size >= 6, `${pair.served.size} certificates`);
    assert.ok(changes > 100, `${changes} changes`);
    assert.equal(await pair.leftOut(), leftOut);
  });

  it('lose no admission while both are replaced under load', async () => {
    const replace = async (): Promise<void> => {
      await pair.replaceOne();
      await pair.replaceOne();
    };
    const changes = await under(pair, replace());
    assert.ok(changes > 50, `${changes} changes`);
    assert.equal(await pair.leftOut(), leftOut);
  });
});

describe('two webhook replicas in trouble, on kube-apiserver', () => {
  let pair: WebhookPair;
  let leftOut: number;

  before(async () => {
    pair = await WebhookPair.start(CALMER_LIVES);
    await createCloneSet(pair.client);
    leftOut = await pair.leftOut();
  });
  after(() => pair?.[Symbol.asyncDispose]());

  for (const { name, make } of CERTIFICATE_TROUBLES) {
    it(`lose no admission while their Secret is ${name}`, async () => {
      const mended = async (): Promise<void> => {
        await make(pair.client);
        await until(() => isMended(pair.client), { what: 'the Secret to be whole again' });
        await sleep(1_000);
      };
      assert.ok((await under(pair, mended())) > 5);
      assert.equal(await pair.leftOut(), leftOut);
    });
  }

  it('leave alone what others keep writing into the configurations, and lose no admission', async () => {
    const authorities = pair.authorities.size;
    const editor = await startEditingConfigurations(pair.client);
    const rotated = until(() => pair.authorities.size > authorities, {
      what: 'a new authority beside another writer',
    });
    await under(
      pair,
      rotated.then(() => sleep(3_000)),
    );
    await editor.stop();
    await editor.assertAllThere();
    assert.equal(await pair.leftOut(), leftOut);
  });

  describe('that are both dead', () => {
    const patch = (image: string): Promise<string> => {
      const containers = [{ name: 'web', image }];
      return pair.server.patch(['cloneset', 'web'], {
        spec: { template: { spec: { containers } } },
      });
    };
    const create = (name: string, spec: object): ReturnType<typeof pair.server.attempt> =>
      pair.server.attempt(['create', '--dry-run=server'], named(name, imagePullJob(spec)));
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const start = performance.now();
      await work();
      return performance.now() - start;
    };

    const passAndAreDenied = async (atMostMs: number): Promise<void> => {
      const patched = await timed(() => patch(`dead:${pair.version++}`));
      assert.ok(patched < atMostMs + KUBECTL_MS, `patched after ${patched} ms`);
      const created = await timed(async () => assert.equal((await create('good', {})).code, 0));
      assert.ok(created < 2 * atMostMs + KUBECTL_MS, `created after ${created} ms`);
      const denied = await timed(async () => {
        const { stderr } = await create('bad', { parallelism: -1 });
        assert.match(stderr, /spec\.parallelism: Forbidden: must be a number from 0/);
      });
      assert.ok(denied < 2 * atMostMs + KUBECTL_MS, `denied after ${denied} ms`);
      const before = await pair.server.get<KubeObject>('cloneset', 'web');
      const scaled = await timed(() =>
        pair.server.kubectl(['scale', 'cloneset', 'web', '--replicas=7']),
      );
      assert.ok(scaled < KUBECTL_MS, `scaled after ${scaled} ms`);
      assert.equal(before.metadata.annotations?.[ANNOTATION_IMAGE_CHANGE], mark);
    };

    let mark: string | undefined;
    before(async () => {
      const { metadata } = await pair.server.get<KubeObject>('cloneset', 'web');
      mark = metadata.annotations?.[ANNOTATION_IMAGE_CHANGE];
      await pair.killBoth();
    });

    it('hold nothing up: changes pass, and CEL denies', () => passAndAreDenied(0));

    it('cost two seconds a webhook at most when their machines hang', async () => {
      pair.hang();
      await passAndAreDenied(2_000);
    });
  });
});
