import assert from 'node:assert/strict';
import { call } from './call.ts';
import { startTestServer } from './test-server.ts';

describe('users of the embedded API server', () => {
  const users = new Map([['secret-token', { username: 'jane', groups: ['people'] }]]);
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const whoAmI = 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews';

  it('are all administrators when none are named', async () => {
    await using server = await startTestServer();
    const { status, json } = await call(server, whoAmI, { body: review, token: 'anything' });
    assert.equal(status, 201);
    assert.match(JSON.stringify(json['status']), /kubernetes-admin.*system:masters/);
  });

  it('are known by their tokens', async () => {
    await using server = await startTestServer({ users });
    const { json } = await call(server, whoAmI, { body: review, token: 'secret-token' });
    assert.deepEqual(json['status'], { userInfo: users.get('secret-token') });
  });

  it('are refused with a token that nobody has', async () => {
    await using server = await startTestServer({ users });
    const { status, json } = await call(server, 'GET /api/v1/nodes', { token: 'other' });
    assert.deepEqual([status, json['reason']], [401, 'Unauthorized']);
  });

  it('may do everything', async () => {
    await using server = await startTestServer({ users });
    const body = { kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'get' } } };
    const line = 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const { json } = await call(server, line, { body, token: 'secret-token' });
    assert.deepEqual(json['status'], { allowed: true });
  });
});
