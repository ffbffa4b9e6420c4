import assert from 'node:assert/strict';
import { type Answers, admissionWorld, clock, create } from './admission-world.ts';
import { call } from './call.ts';
import { configuration, patching } from './hook-server.ts';
import { WIDGETS } from './objects.ts';
import { until } from './until.ts';

describe('a webhook of the embedded API server that does not say yes', () => {
  const denials: readonly (readonly [string, object, number, string | undefined, string])[] = [
    ['with a message', { message: 'no way' }, 400, undefined, ': no way'],
    [
      'with a code',
      { message: 'no way', code: 422, reason: 'Invalid' },
      422,
      'Invalid',
      ': no way',
    ],
    ['with a code that means success', { message: 'no', code: 200 }, 400, undefined, ': no'],
    ['with a reason only', { reason: 'Forbidden', code: 403 }, 403, 'Forbidden', ': Forbidden'],
    ['without a word', {}, 400, undefined, ' without explanation'],
  ];
  for (const [name, status, code, reason, end] of denials) {
    it(`passes on a denial ${name}`, async () => {
      await using w = await admissionWorld({ '/v': () => ({ allowed: false, status }) }, hooks => [
        configuration(hooks, 'Validating', '/v'),
      ]);
      const { status: actual, json } = await create(w.server);
      assert.deepEqual([actual, json['reason']], [code, reason]);
      assert.equal(json['message'], `admission webhook "v.example.com" denied the request${end}`);
      assert.equal((await call(w.server, `GET ${WIDGETS}/w`)).status, 404);
    });
  }

  it('lets a mutating webhook deny too, also a deletion', async () => {
    await using w = await admissionWorld(
      { '/m': ({ operation }) => ({ allowed: operation !== 'DELETE' }) },
      hooks => [configuration(hooks, 'Mutating', '/m')],
    );
    await create(w.server);
    assert.equal((await call(w.server, `DELETE ${WIDGETS}/w`)).status, 400);
    assert.equal((await call(w.server, `GET ${WIDGETS}/w`)).status, 200);
  });

  const failures: readonly (readonly [string, Answers, object, RegExp])[] = [
    ['no JSON', { '/v': () => ({ raw: 'oops' }) }, {}, /json parse error/],
    [
      'another document',
      { '/v': () => ({ raw: '{}' }) },
      {},
      /expected webhook response of admission.k8s.io\/v1/,
    ],
    ['another uid', { '/v': () => ({ uid: 'x' }) }, {}, /expected response.uid=".*", got "x"/],
    [
      'a server error',
      { '/v': () => ({ raw: 'oops', status: 500 }) },
      {},
      /an error on the server \("oops"\) has prevented/,
    ],
    [
      'a service nobody knows',
      {},
      { clientConfig: { service: { namespace: 'x', name: 'y' } } },
      /service "y" not found/,
    ],
    [
      'a port where nobody listens',
      {},
      { clientConfig: { url: 'https://127.0.0.1:1/v' } },
      /Post "https:\/\/127.0.0.1:1\/v\?timeout=5s": .*ECONNREFUSED/,
    ],
    [
      'a CA that did not sign it',
      { '/v': () => ({}) },
      { clientConfig: { service: { namespace: 'default', name: 'hooks', path: '/v' } } },
      /unable to verify|self.signed/,
    ],
  ];
  for (const [name, answers, changes, message] of failures) {
    it(`refuses the write for ${name}, unless failures are ignored`, async () => {
      for (const failurePolicy of ['Fail', 'Ignore']) {
        await using w = await admissionWorld(answers, hooks => [
          configuration(hooks, 'Validating', '/v', { ...changes, failurePolicy }),
        ]);
        const { status, json } = await create(w.server);
        if (failurePolicy === 'Ignore') {
          assert.equal(status, 201);
          continue;
        }
        assert.deepEqual([status, json['reason']], [500, 'InternalError']);
        assert.match(
          String(json['message']),
          /^Internal error occurred: failed calling webhook "v.example.com": /,
        );
        assert.match(String(json['message']), message);
      }
    });
  }

  it('refuses the write for a patch that cannot be made', async () => {
    await using w = await admissionWorld(
      { '/m': () => patching({ op: 'remove', path: '/spec/nope' }) },
      hooks => [configuration(hooks, 'Mutating', '/m')],
    );
    assert.equal((await create(w.server)).status, 500);
  });

  it('waits as long as the webhook is given and no longer', async () => {
    await using w = await admissionWorld({ '/v': () => undefined }, hooks => [
      configuration(hooks, 'Validating', '/v'),
    ]);
    const creating = create(w.server);
    await until(() => w.hooks.asked.length === 1);
    await clock.advance(5_000);
    const { json } = await creating;
    assert.match(
      String(json['message']),
      /Post "https:\/\/hooks.default.svc:443\/v\?timeout=5s": context deadline exceeded/,
    );
    assert.equal(clock.pending, 0);
  });
});
