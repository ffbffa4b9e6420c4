import assert from 'node:assert/strict';
import { KubeError, type KubeErrorOptions } from '../../kube/kube-error.ts';
import { STALE_CONNECTION } from '../../kube/request-failure.ts';
import { createRetryingTransport } from '../../kube/retrying-transport.ts';
import type { Transport, TransportRequest } from '../../kube/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';

const request: TransportRequest = { method: 'GET', path: '/x', deadlineMs: 10_000 };

/** A transport that fails as the script says, then answers; it remembers when it was called and with what time left. */
function scripted(failures: KubeErrorOptions[], random = 0) {
  const clock = new FakeClock();
  const calls: { readonly at: number; readonly deadlineMs: number }[] = [];
  const inner: Transport = {
    request: ({ deadlineMs }) => {
      calls.push({ at: clock.monotonicMs(), deadlineMs });
      const failure = failures.shift();
      return failure ? Promise.reject(new KubeError('failed', failure)) : Promise.resolve('ok');
    },
    stream: () => Promise.reject(new KubeError('failed', failures.shift() ?? { status: 0 })),
    close: () => {},
  };
  return {
    clock,
    calls,
    transport: createRetryingTransport(inner, { clock, random: () => random }),
  };
}

/** How `call` ends while time passes. */
async function outcome(clock: FakeClock, call: Promise<unknown>): Promise<unknown> {
  const ended = call.catch((error: unknown) => error);
  await clock.advance(60_000);
  return ended;
}

const busy: KubeErrorOptions = { status: 429, retryAfterMs: 1_000, retryable: true };
const stale: KubeErrorOptions = { status: 0, reason: STALE_CONNECTION, retryable: true };

describe('createRetryingTransport', () => {
  for (const status of [429, 503]) {
    it(`waits as long as a ${status} asks, and a random share more`, async () => {
      const { clock, calls, transport } = scripted([{ ...busy, status }], 1);
      assert.equal(await outcome(clock, transport.request(request)), 'ok');
      assert.deepEqual(
        calls.map(({ at }) => at),
        [0, 1_500],
      );
    });
  }

  it('keeps to the deadline of the request over all tries', async () => {
    const { clock, calls, transport } = scripted(Array.from({ length: 9 }, () => busy));
    const error = await outcome(clock, transport.request({ ...request, deadlineMs: 2_500 }));
    assert.ok(error instanceof KubeError && error.status === 429);
    assert.deepEqual(calls, [
      { at: 0, deadlineMs: 2_500 },
      { at: 1_000, deadlineMs: 1_500 },
      { at: 2_000, deadlineMs: 500 },
    ]);
  });

  it('tries five times more at most', async () => {
    const { clock, calls, transport } = scripted(Array.from({ length: 9 }, () => busy));
    await outcome(clock, transport.request(request));
    assert.equal(calls.length, 6);
  });

  it('stops waiting when the signal aborts', async () => {
    const { clock, transport } = scripted([busy]);
    const stop = new AbortController();
    const call = transport.request({ ...request, signal: stop.signal });
    await clock.advance(10);
    stop.abort(new Error('enough'));
    await assert.rejects(call, /enough/);
    assert.equal(clock.pending, 0);
  });

  const tries: readonly [string, TransportRequest['method'], KubeErrorOptions[], number][] = [
    ['repeats a read on a closing connection, once', 'GET', [stale, stale, stale], 2],
    ['does not repeat a write on a closing connection', 'PATCH', [stale], 1],
    [
      'repeats a request with refused credentials, once',
      'PATCH',
      [{ status: 401 }, { status: 401 }],
      2,
    ],
    ['does not repeat a request that may have been carried out', 'GET', [{ status: 0 }], 1],
    ['does not repeat an overloaded request without Retry-After', 'GET', [{ status: 503 }], 1],
    ['does not repeat a server error', 'GET', [{ status: 500, retryable: true }], 1],
    ['does not repeat a conflict', 'PATCH', [{ status: 409 }], 1],
  ];
  for (const [name, method, failures, expected] of tries) {
    it(name, async () => {
      const { clock, calls, transport } = scripted([...failures]);
      await outcome(clock, transport.request({ ...request, method }));
      assert.equal(calls.length, expected);
    });
  }

  it('leaves streams alone', async () => {
    const { transport } = scripted([busy]);
    await assert.rejects(transport.stream(request), (error: KubeError) => error.status === 429);
  });
});
