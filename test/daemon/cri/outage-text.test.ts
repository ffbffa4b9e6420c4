import assert from 'node:assert/strict';
import { outageText } from '../../../daemon/cri/outage-text.ts';

describe('outageText', () => {
  // As grpc-js 1.14 words them.
  const cases: readonly [string, RegExp][] = [
    [
      'No connection established. Last error: Error: connect ENOENT /run/containerd/containerd.sock. Resolution note: ',
      /socket of the container runtime is gone: it does not run$/,
    ],
    [
      'No connection established. Last error: Error: connect ECONNREFUSED /run/c.sock',
      /nothing listens on the socket/,
    ],
    ['No connection established. Last error: connect EACCES /run/c.sock', /may not be opened/],
    ['Connection dropped', /closed the connection/],
    ['read ECONNRESET', /closed the connection/],
  ];
  for (const [details, expected] of cases) {
    it(`puts '${details.slice(0, 60)}' into plain words`, () => {
      const text = outageText(details);
      assert.match(text, expected);
      assert.doesNotMatch(text, /E[A-Z]{4,}|Last error|Resolution/);
    });
  }

  it('leaves what the runtime itself says as it is', () => {
    assert.equal(outageText('server is not initialized yet'), 'server is not initialized yet');
  });
});
