import assert from 'node:assert/strict';
import { CLONE_SETS, IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { BAD_JOB, jobReview, MUTATE_JOB, reviewOf, VALIDATE_JOB } from './review.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const MUTATE_CLONE_SET = '/mutate-apps-kruise-io-cloneset';

describe('webhook server', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer();
  });

  afterEach(() => server.stop());

  it('answers a review with its uid, its version and a JSON patch', async () => {
    const { status, json } = await server.client.post(MUTATE_JOB, jobReview());
    assert.equal(status, 200);
    assert.equal(json.apiVersion, 'admission.k8s.io/v1');
    assert.equal(json.kind, 'AdmissionReview');
    assert.equal(json.response?.uid, jobReview().request['uid']);
    assert.equal(json.response?.allowed, true);
    assert.equal(json.response?.patchType, 'JSONPatch');
    const patch = JSON.parse(
      Buffer.from(json.response?.patch ?? '', 'base64').toString(),
    ) as unknown;
    assert.ok(Array.isArray(patch) && patch.length > 0);
  });

  it('answers a v1beta1 review in v1beta1', async () => {
    const review = { ...jobReview(), apiVersion: 'admission.k8s.io/v1beta1' };
    const { json } = await server.client.post(VALIDATE_JOB, review);
    assert.equal(json.apiVersion, 'admission.k8s.io/v1beta1');
    assert.equal(json.response?.allowed, true);
    assert.equal(json.response?.patchType, undefined);
  });

  it('denies with 422 Invalid, each violation in the message and as a cause', async () => {
    const { status, json } = await server.client.post(
      MUTATE_JOB,
      reviewOf(IMAGE_PULL_JOBS, BAD_JOB),
    );
    assert.equal(status, 200);
    const denial = json.response?.status;
    assert.equal(json.response?.allowed, false);
    assert.deepEqual([denial?.code, denial?.reason], [422, 'Invalid']);
    assert.match(denial?.message ?? '', /selector/);
    assert.match(denial?.message ?? '', /podSelector/);
    assert.match(denial?.message ?? '', /spec\.parallelism/);
    assert.ok((denial?.details.causes.length ?? 0) >= 2);
  });

  it('passes advice on as warnings, also on a dry run', async () => {
    server.advice.lines = ['will warm 3 nodes'];
    const containers = (image: string) => ({
      template: { spec: { containers: [{ name: 'a', image }] } },
    });
    const review = reviewOf(
      CLONE_SETS,
      { metadata: {}, spec: containers('a:2') },
      { oldObject: { metadata: {}, spec: containers('a:1') }, dryRun: true },
    );
    const { json } = await server.client.post(MUTATE_CLONE_SET, review);
    assert.deepEqual(json.response?.warnings, ['will warm 3 nodes']);
    assert.ok(json.response?.patch);
  });

  for (const [name, fields] of Object.entries({
    'the status subresource': { subResource: 'status' },
    'the scale subresource': {
      subResource: 'scale',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    },
    'a DELETE': { operation: 'DELETE', object: null, oldObject: BAD_JOB },
    'a CONNECT': { operation: 'CONNECT', object: null },
  })) {
    it(`allows ${name} unseen`, async () => {
      const { status, json } = await server.client.post(
        MUTATE_JOB,
        reviewOf(IMAGE_PULL_JOBS, BAD_JOB, fields),
      );
      assert.equal(status, 200);
      assert.deepEqual(json.response, { uid: jobReview().request['uid'], allowed: true });
    });
  }

  it('answers a handler that throws with 500, without its stack, and logs it once', async () => {
    server.advice.imagePullJob = () => ['fine'];
    server.clock.now = () => Number.NaN; // No timestamp can be made of it.
    const { status, json, text } = await server.client.post(MUTATE_JOB, jobReview());
    assert.deepEqual([status, json.reason], [500, 'InternalError']);
    assert.match(json.message ?? '', /^mutate\.imagepulljob\.headstart could not judge/);
    assert.doesNotMatch(text, /at .*\.ts|RangeError/);
    assert.deepEqual(
      server.log.at('error').map(({ message }) => message),
      ['Admission failed'],
    );
  });

  it('counts answers by webhook, result and code, and times them', async () => {
    await server.client.post(MUTATE_JOB, jobReview());
    await server.client.post(VALIDATE_JOB, jobReview());
    await server.client.post(MUTATE_JOB, reviewOf(IMAGE_PULL_JOBS, BAD_JOB));
    await server.client.post(MUTATE_JOB, null);
    await server.client.send(MUTATE_JOB, '');
    const text = await server.metrics.exposition();
    for (const [webhook, result, code] of [
      ['mutate', 'patched', '200'],
      ['validate', 'allowed', '200'],
      ['mutate', 'denied', '200'],
      ['mutate', 'malformed', '400'],
      ['mutate', 'refused', '400'],
    ]) {
      const labels = `code="${code}",result="${result}",webhook="${webhook}.imagepulljob.headstart"`;
      assert.ok(
        text.includes(`headstart_webhook_requests_total{${labels}} 1\n`),
        `${labels}\n${text}`,
      );
    }
    assert.match(
      text,
      /headstart_webhook_request_duration_seconds_count\{webhook="mutate\.imagepulljob\.headstart"\} 4\n/,
    );
  });

  it('logs an answer at debug, with the object and without its content', async () => {
    await server.client.post(MUTATE_JOB, jobReview());
    const [line] = server.log.at('debug');
    assert.equal(line?.message, 'Admission answered');
    assert.deepEqual(
      { ...line?.fields, durationMs: 0 },
      {
        webhook: 'mutate.imagepulljob.headstart',
        code: 200,
        result: 'patched',
        durationMs: 0,
        uid: jobReview().request['uid'],
        operation: 'CREATE',
        object: 'default/sample',
        dryRun: false,
      },
    );
  });
});
