import assert from 'node:assert/strict';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { PullFailureReason } from '../../../api/pull-failure.ts';
import { criErrorOf } from '../../../daemon/cri/cri-error.ts';

const errorOf = (code: number, details: string): ServiceError =>
  Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: new Metadata() });

const RESOLVE =
  'failed to pull and unpack image "reg/a:1": failed to resolve reference "reg/a:1": ';

describe('criErrorOf', () => {
  // As containerd 1.6 words them, unless said otherwise.
  const cases: { name: string; code: number; details: string; reason: PullFailureReason }[] = [
    {
      name: 'a missing tag',
      code: status.NOT_FOUND,
      details: `${RESOLVE}reg/a:1: not found`,
      reason: 'NotFound',
    },
    {
      name: 'a lease that somebody deleted, not a missing image',
      code: status.NOT_FOUND,
      details:
        'failed to pull and unpack image "reg/a:1": unable to lease content: lease does not exist: not found',
      reason: 'PullFailed',
    },
    {
      name: 'a bad name',
      code: status.UNKNOWN,
      details:
        'failed to parse image reference "UPPER:1": invalid reference format: repository name must be lowercase',
      reason: 'InvalidReference',
    },
    {
      name: 'a bad argument',
      code: status.INVALID_ARGUMENT,
      details: 'invalid',
      reason: 'InvalidReference',
    },
    {
      name: 'refused credentials',
      code: status.UNKNOWN,
      details: `${RESOLVE}pulling from host reg failed with status code [manifests 1]: 401 Unauthorized`,
      reason: 'Unauthorized',
    },
    {
      name: 'a registry that hides what may not be read',
      code: status.UNKNOWN,
      details: `${RESOLVE}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
      reason: 'Unauthorized',
    },
    {
      name: 'a registry that asks for patience',
      code: status.UNKNOWN,
      details: `${RESOLVE}unexpected status code: 429 Too Many Requests - Server message: toomanyrequests`,
      reason: 'RateLimited',
    },
    {
      name: 'a full disk',
      code: status.UNKNOWN,
      details: 'failed to copy: write /var/lib/containerd/ingest/data: no space left on device',
      reason: 'DiskFull',
    },
    {
      name: 'a runtime that is not there',
      code: status.UNAVAILABLE,
      details: 'No connection established. Last error: Error: connect ENOENT /run/c.sock',
      reason: 'RuntimeUnavailable',
    },
    {
      name: 'a timeout that the runtime met',
      code: status.DEADLINE_EXCEEDED,
      details: 'failed to do request: dial tcp 10.0.0.1:443: i/o timeout',
      reason: 'Timeout',
    },
    {
      name: 'a pull that stalled',
      code: status.CANCELLED,
      details: 'context canceled',
      reason: 'Timeout',
    },
    {
      name: 'a registry that is down',
      code: status.UNKNOWN,
      details: `${RESOLVE}failed to do request: dial tcp 127.0.0.1:1: connect: connection refused`,
      reason: 'PullFailed',
    },
    {
      name: 'a registry without address',
      code: status.UNKNOWN,
      details: `${RESOLVE}failed to do request: dial tcp: lookup reg on 10.0.0.1:53: no such host`,
      reason: 'PullFailed',
    },
  ];
  for (const { name, code, details, reason } of cases) {
    it(`tells ${name}: ${reason}`, () =>
      assert.equal(criErrorOf(errorOf(code, details)).reason, reason));
  }

  it('keeps no secret, neither in its message nor in a cause', () => {
    const error = criErrorOf(errorOf(2, 'Get "https://cdn/blob?sig=hunter2": reset'));
    assert.equal(error.message, 'Get "https://cdn/blob?[redacted]": reset');
    assert.equal(error.cause, undefined);
  });

  it('says that a missing runtime may be back later', () => {
    const error = criErrorOf(errorOf(status.UNAVAILABLE, 'gone'));
    assert.equal(error.code, 'CRI_UNAVAILABLE');
    assert.equal(error.retryable, true);
  });
});
