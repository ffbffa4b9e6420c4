import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../../../api/meta.ts';
import { tokenAccess } from '../../../dashboard/server/token-access.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import { clientOf } from '../../controllers/client-of.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const requestWith = (headers: Record<string, string>): IncomingMessage =>
  ({ headers }) as unknown as IncomingMessage;
const bearer = (token: string): IncomingMessage =>
  requestWith({ authorization: `Bearer ${token}` });

/** An API server that knows the tokens `ann` and `bob`, and lets ann look. */
function world() {
  const kube = new FakeKube();
  const log = new RecordingLogger();
  const asked: { kind: string; spec: unknown }[] = [];
  const state = { isDown: false, annMayLook: true };
  const create = async (resource: { kind: string }, object: KubeObject): Promise<unknown> => {
    const { spec } = object as KubeObject & {
      spec: { token?: string; user?: string };
    };
    asked.push({ kind: resource.kind, spec });
    if (state.isDown) throw new Error('connection refused');
    if (resource.kind === 'TokenReview') {
      const known = spec.token === 'ann' || spec.token === 'bob';
      const user = { username: spec.token, groups: ['team'], extra: { scope: ['a'] } };
      return { ...object, status: known ? { authenticated: true, user } : {} };
    }
    return { ...object, status: { allowed: spec.user === 'ann' && state.annMayLook } };
  };
  const client = clientOf(kube, { create: create as unknown as KubeClient['create'] });
  return {
    access: tokenAccess({ client, clock: kube.clock, log }),
    clock: kube.clock,
    asked,
    state,
    log,
  };
}

describe('access to the dashboard by token', () => {
  const cases: readonly (readonly [string, IncomingMessage, string])[] = [
    ['no token', requestWith({}), 'unauthenticated'],
    ['another scheme', requestWith({ authorization: 'Basic YW5u' }), 'unauthenticated'],
    ['a token nobody knows', bearer('eve'), 'unauthenticated'],
    ['a user without the right', bearer('bob'), 'forbidden'],
    ['a user with the right', bearer('ann'), 'granted'],
    [
      "a token in the header that the API server's proxy lets through",
      requestWith({ 'headstart-token': 'ann' }),
      'granted',
    ],
  ];
  for (const [title, request, kind] of cases) {
    it(`is ${kind} with ${title}`, async () => {
      assert.equal((await world().access(request)).kind, kind);
    });
  }

  it('asks whether the user, with groups and all, may get the path', async () => {
    const { access, asked } = world();
    await access(bearer('ann'));
    assert.deepEqual(asked, [
      { kind: 'TokenReview', spec: { token: 'ann' } },
      {
        kind: 'SubjectAccessReview',
        spec: {
          user: 'ann',
          groups: ['team'],
          extra: { scope: ['a'] },
          nonResourceAttributes: { path: '/headstart/dashboard', verb: 'get' },
        },
      },
    ]);
  });

  it('remembers a verdict for half a minute', async () => {
    const { access, asked, state, clock } = world();
    await access(bearer('ann'));
    state.annMayLook = false;
    assert.equal((await access(bearer('ann'))).kind, 'granted');
    assert.equal(asked.length, 2);
    await clock.advance(30_000);
    assert.equal((await access(bearer('ann'))).kind, 'forbidden');
  });

  it('lets nobody in while the API server cannot be asked, remembers nothing of that and logs no token', async () => {
    const { access, state, log } = world();
    state.isDown = true;
    assert.equal((await access(bearer('ann'))).kind, 'unknown');
    state.isDown = false;
    assert.equal((await access(bearer('ann'))).kind, 'granted');
    assert.ok(!JSON.stringify(log.lines).includes('ann'));
  });
});
