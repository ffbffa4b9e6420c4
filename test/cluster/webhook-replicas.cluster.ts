import assert from 'node:assert/strict';
import { changeAndDeny, createCloneSet, WebhookPair } from './webhook-pair.ts';

/** Certificates that live this short are replaced all the time: serving ones every 4 s, authorities every 8 s. */
const LIVES = { authorityMs: 12_000, servingMs: 6_000 };
const SOAK_MS = 25_000;
const PAUSE_MS = 20;

describe('two webhook replicas on kube-apiserver', () => {
  let pair: WebhookPair;
  let version = 0;
  let leftOut: number;

  before(async () => {
    pair = await WebhookPair.start(LIVES);
    await createCloneSet(pair.client);
    leftOut = await pair.leftOut();
  });
  after(() => pair[Symbol.asyncDispose]());

  /** Changes and bad jobs, one after the other, as long as `work` lasts. */
  const under = async (work: Promise<unknown>): Promise<number> => {
    let done = false;
    const end = work.finally(() => {
      done = true;
    });
    const before = version;
    while (!done) {
      await changeAndDeny(pair.client, ++version);
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    }
    await end;
    return version - before;
  };

  it('lose no admission while authorities and certificates are replaced again and again', async () => {
    const changes = await under(new Promise(resolve => setTimeout(resolve, SOAK_MS)));
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
    const changes = await under(replace());
    assert.ok(changes > 50, `${changes} changes`);
    assert.equal(await pair.leftOut(), leftOut);
  });
});
