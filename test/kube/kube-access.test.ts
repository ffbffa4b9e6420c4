import assert from 'node:assert/strict';
import { cachedAccess, type KubeCredentials } from '../../kube/kube-access.ts';
import { FakeClock } from '../support/fake-clock.ts';

const server = new URL('https://example.test');

/** An access whose n-th reading gives the n-th of `tokens`, or fails where that is undefined. */
function accessOf(...tokens: (string | undefined)[]) {
  const clock = new FakeClock();
  const causes: string[] = [];
  const read = (cause: string): Promise<KubeCredentials> => {
    causes.push(cause);
    const token = tokens.length > 1 ? tokens.shift() : tokens[0];
    if (token === undefined) return Promise.reject(new Error('unreadable'));
    return Promise.resolve({ tls: {}, headers: { Authorization: token } });
  };
  return { clock, causes, access: cachedAccess(server, read, { clock }) };
}

const tokenOf = async (credentials: Promise<KubeCredentials>): Promise<string | undefined> =>
  (await credentials).headers['Authorization'];

describe('cachedAccess', () => {
  it('reads once for calls at the same time, and again after a minute', async () => {
    const { access, clock, causes } = accessOf('a', 'b');
    const both = await Promise.all([access.credentials(), access.credentials()]);
    assert.equal(both[0], both[1]);
    await clock.advance(59_000);
    assert.equal(await tokenOf(access.credentials()), 'a');
    await clock.advance(1_000);
    assert.equal(await tokenOf(access.credentials()), 'b');
    assert.deepEqual(causes, ['expired', 'expired']);
  });

  it('gives the same object while nothing changed', async () => {
    const { access, clock } = accessOf('a');
    const before = await access.credentials();
    await clock.advance(60_000);
    assert.equal(await access.credentials(), before);
  });

  it('reads again after a refusal, but not again and again', async () => {
    const { access, clock, causes } = accessOf('old', 'new', 'newer');
    await access.credentials();
    await clock.advance(1_000);
    access.refused();
    assert.equal(await tokenOf(access.credentials()), 'new');
    access.refused();
    assert.equal(await tokenOf(access.credentials()), 'new');
    await clock.advance(1_000);
    assert.equal(await tokenOf(access.credentials()), 'newer');
    assert.deepEqual(causes, ['expired', 'refused', 'refused']);
  });

  it('tries again at the next call when reading failed', async () => {
    const { access } = accessOf(undefined, 'a');
    await assert.rejects(access.credentials(), /unreadable/);
    assert.equal(await tokenOf(access.credentials()), 'a');
  });
});
