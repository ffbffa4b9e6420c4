import assert from 'node:assert/strict';
import { pullFailureReason, reasonOfMessage } from '../../api/pull-failure.ts';

const resolve =
  'failed to pull and unpack image "docker.io/team/app:1": failed to resolve reference';

describe('reasonOfMessage', () => {
  for (const [reason, message] of [
    ['NodeUnavailable', 'node has not responded for a long time'],
    ['DeadlineExceeded', 'pulling exceeds the activeDeadlineSeconds'],
    ['Timeout', 'pulling image nginx:1 is canceled'],
    ['InvalidReference', `couldn't parse image name "A": invalid reference format`],
    ['InvalidReference', 'rpc error: code = Unknown desc = failed to parse image reference "A"'],
    ['InvalidReference', 'rpc error: code = InvalidArgument desc = bad name'],
    ['NotFound', `rpc error: code = NotFound desc = ${resolve} "docker.io/team/app:1": not found`],
    ['NotFound', 'manifest unknown: manifest unknown'],
    [
      'Unauthorized',
      `rpc error: code = Unknown desc = ${resolve} "reg/app:1": unexpected status: 401 Unauthorized`,
    ],
    [
      'Unauthorized',
      `rpc error: code = NotFound desc = ${resolve} "docker.io/team/app:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ],
    ['Unauthorized', 'unexpected status from HEAD request to https://reg/v2/: 403 Forbidden'],
    [
      'RateLimited',
      `${resolve} "docker.io/team/app:1": unexpected status: 429 Too Many Requests - Server message: toomanyrequests`,
    ],
    ['DiskFull', 'failed to extract layer: write /var/lib/x: no space left on device'],
    [
      'RuntimeUnavailable',
      'rpc error: code = Unavailable desc = connection error: desc = "transport: dial unix /run/containerd/containerd.sock"',
    ],
    [
      'RuntimeUnavailable',
      'No connection established. Last error: Error: connect ENOENT /run/containerd/containerd.sock',
    ],
    [
      'Timeout',
      'Failed to pull image reference "nginx:1.9.1": rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "docker.io/library/nginx:1.9.1": failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://cdn.example/blob?sig=x": dial tcp 10.1.1.1:443: i/o timeout',
    ],
    ['PullFailed', 'rpc error: code = Unknown desc = unexpected EOF'],
    ['PullFailed', ''],
  ] as const) {
    it(`calls "${message.slice(0, 60)}" ${reason}`, () => {
      assert.equal(reasonOfMessage(message), reason);
    });
  }

  it('is not misled by the name of an image', () => {
    const message =
      'failed to pull and unpack image "docker.io/team/not found unauthorized": unexpected EOF';
    assert.equal(reasonOfMessage(message), 'PullFailed');
  });
});

describe('pullFailureReason', () => {
  const status = { tag: '1', phase: 'Failed' } as const;

  it('believes the reason that our daemon gives', () => {
    const failed = { ...status, reason: 'InsufficientDisk', message: 'not found' };
    assert.equal(pullFailureReason(failed), 'InsufficientDisk');
  });

  it("reads the message of the peer's daemon, which gives none", () => {
    assert.equal(pullFailureReason({ ...status, message: 'x: not found' }), 'NotFound');
    assert.equal(pullFailureReason({ ...status, reason: '', message: 'x: not found' }), 'NotFound');
    assert.equal(pullFailureReason(status), 'PullFailed');
  });
});
