import assert from 'node:assert/strict';
import { NODE_IMAGES } from '../../api/resources.ts';
import { reviewOf } from './review.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const PATH = '/validate-node-isolation';
const DAEMON = 'system:serviceaccount:headstart-daemon:headstart-daemon';

describe('the webhook that isolates nodes', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
    server.podNodes.nodes.set('headstart-daemon/daemon-x/uid-x', 'node-1');
  });
  after(() => server.stop());

  const claims = (name: string, uid: string) => ({
    'authentication.kubernetes.io/pod-name': [name],
    'authentication.kubernetes.io/pod-uid': [uid],
  });
  const ask = async (fields: object) => {
    const review = reviewOf(
      NODE_IMAGES,
      { metadata: { name: 'node-1' } },
      {
        name: 'node-1',
        subResource: 'status',
        oldObject: { metadata: { name: 'node-1' } },
        userInfo: { username: DAEMON, extra: claims('daemon-x', 'uid-x') },
        ...fields,
      },
    );
    const { status, json } = await server.client.post(PATH, review);
    assert.equal(status, 200);
    return json.response?.allowed ? 'allowed' : json.response?.status?.message;
  };

  it('lets a daemon report for its own node', async () => {
    assert.equal(await ask({}), 'allowed');
  });

  it('lets everybody else pass, and leaves them to RBAC', async () => {
    assert.equal(await ask({ userInfo: { username: 'admin' }, subResource: '' }), 'allowed');
  });

  const denied: Readonly<Record<string, readonly [object, RegExp]>> = {
    'the NodeImage of another node': [
      { name: 'node-2' },
      /bound to a pod on node node-1, not on node-2/,
    ],
    'a spec': [{ subResource: '' }, /writes nothing of a NodeImage but its status/],
    'with the token of a pod of the same name that is gone': [
      { userInfo: { username: DAEMON, extra: claims('daemon-x', 'uid-before') } },
      /bound to no pod that is known/,
    ],
    'with a token that is bound to nothing': [
      { userInfo: { username: DAEMON } },
      /bound to no pod that is known/,
    ],
    'with claims of a wrong type': [
      {
        userInfo: {
          username: DAEMON,
          extra: {
            'authentication.kubernetes.io/pod-name': 'daemon-x',
            'authentication.kubernetes.io/pod-uid': [1],
          },
        },
      },
      /bound to no pod that is known/,
    ],
  };
  for (const [title, [fields, says]] of Object.entries(denied)) {
    it(`does not let a daemon write ${title}`, async () => {
      assert.match((await ask(fields)) ?? '', says);
    });
  }

  it('does not let a daemon delete a NodeImage', async () => {
    const review = { operation: 'DELETE', subResource: '', object: null };
    assert.match((await ask(review)) ?? '', /nothing of a NodeImage but its status/);
  });
});
