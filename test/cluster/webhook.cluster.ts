import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import { splitBundle } from '../../certs/certificate-set.ts';
import { ALLOWED_OBJECTS } from '../manifests/allowed-objects.ts';
import { DENIED_OBJECTS, STORED_OBJECTS } from '../manifests/denied-objects.ts';
import { imagePullJob, named } from '../manifests/test-objects.ts';
import { apiServerCounter, FAIL_OPEN } from './api-server-counter.ts';
import type { CrdServer } from './crd-server.ts';
import { type CommandResult, mustRun } from './process.ts';
import { until } from './until.ts';
import { provideWebhooks } from './webhook-suite.ts';
import { deleteSecret, type Webhooks } from './webhooks-in-process.ts';

/** Of the manager, and yet with every right. */
const MANAGER = [
  '--as',
  `system:serviceaccount:${SYSTEM_NAMESPACE}:headstart-manager`,
  '--as-group',
  'system:masters',
];

describe('webhooks on kube-apiserver', () => {
  let server: CrdServer;
  let webhooks: Webhooks;
  let leftOut: number;

  provideWebhooks(suite => {
    ({ server, webhooks, leftOut } = suite);
  });

  it('are armed with an authority that passes the strict checks of openssl', async () => {
    const { caPem, certPem } = webhooks.certificates.current();
    const [ca, crt] = ['webhook-ca.crt', 'webhook.crt'].map(name =>
      join(server.controlPlane.folder, name),
    );
    assert.ok(ca !== undefined && crt !== undefined);
    await writeFile(ca, caPem);
    await writeFile(crt, certPem);
    const names = ['-verify_hostname', `headstart-webhook.${SYSTEM_NAMESPACE}.svc`];
    await mustRun([
      'openssl',
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      ...names,
      '-CAfile',
      ca,
      crt,
    ]);
    assert.equal(splitBundle(caPem).length, 1);
  });

  describe('of our own kinds', () => {
    it('deny a job with selector and podSelector with one message that names both', async () => {
      const object = imagePullJob({ selector: { names: ['a'] }, podSelector: {} });
      const { code, stderr } = await server.attempt(['apply'], object);
      assert.equal(code, 1);
      assert.match(stderr, /^The ImagePullJob "denied" is invalid: .*\n$/);
      assert.match(stderr, /spec\.podSelector: must not be set together with spec\.selector/);
    });

    it('name every violation at once', async () => {
      const object = imagePullJob({
        image: 'NGINX',
        parallelism: -1,
        imagePullPolicy: 'Sometimes',
      });
      const { stderr } = await server.attempt(['create'], object);
      for (const path of ['spec.image', 'spec.parallelism', 'spec.imagePullPolicy']) {
        assert.ok(stderr.includes(`${path}: `), stderr);
      }
    });

    for (const { title, object, was, path } of DENIED_OBJECTS) {
      it(`deny, before schema and CEL, ${title}`, async () => {
        if (was !== undefined) await server.controlPlane.apply(was);
        webhooks.answers();
        const { code, stderr } = await server.attempt(['apply', '--dry-run=server'], object);
        const [answer] = webhooks.answers();
        if (was !== undefined)
          await server.kubectl(['delete', was.kind.toLowerCase(), was.metadata.name]);
        assert.equal(code, 1);
        assert.match(answer ?? '', /^mutate\.\w+\.headstart \w+ denied$/);
        assert.ok(stderr.includes(`${path}: `), stderr);
      });
    }

    describe('deny, as a change of what is stored,', () => {
      before(async () => {
        for (const object of STORED_OBJECTS) await server.create(object);
      });
      for (const { title, object, was, path } of DENIED_OBJECTS) {
        if (was !== undefined) continue;
        it(title, async () => {
          const replace = ['replace', '--dry-run=server'];
          const { code, stderr } = await server.attempt(replace, named('stored', object));
          assert.equal(code, 1);
          assert.match(webhooks.answers()[0] ?? '', /^mutate\.\w+\.headstart UPDATE denied$/);
          assert.ok(stderr.includes(`${path}: `), stderr);
        });
      }
    });

    it('let what broke a rule before live on with a warning, but not with another broken value', async () => {
      const what = ['imagepulljob', 'ratcheted'];
      // No webhook is asked about what the manager writes, and the schema lets it pass.
      const selector = { names: ['Not A Name'] };
      await server.create(named('ratcheted', imagePullJob({ selector })), ...MANAGER);
      const patch = (body: object): Promise<CommandResult> =>
        server.controlPlane.kubectl('patch', ...what, '--type=merge', '-p', JSON.stringify(body));
      for (const body of [{ metadata: { labels: { a: 'b' } } }, { spec: { parallelism: 3 } }]) {
        const { code, stderr } = await patch(body);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /Warning: spec\.selector\.names\[0\]: must be the name of a Node/);
      }
      const other = await patch({ spec: { selector: { names: ['Not A Name Either'] } } });
      assert.equal(other.code, 1);
      assert.match(other.stderr, /is invalid: spec\.selector\.names\[0\]: must be/);
      assert.equal((await patch({ spec: { selector: { names: ['node-1'] } } })).stderr, '');
    });

    for (const [title, object] of ALLOWED_OBJECTS) {
      it(`allow ${title}`, () => server.create(object, '--dry-run=server'));
    }

    it('fill defaults in and pass advice on, without a trace of a dry run', async () => {
      webhooks.advice.lines = ['matches no node yet'];
      const { stdout, stderr } = await server.attempt(
        ['create', '--dry-run=server', '-o', 'json'],
        named('advised', imagePullJob({ completionPolicy: { type: 'Always' } })),
      );
      assert.match(stderr, /Warning: matches no node yet/);
      const { spec } = JSON.parse(stdout) as { spec: { pullPolicy: unknown } };
      assert.deepEqual(spec.pullPolicy, { timeoutSeconds: 600, backoffLimit: 3 });
      assert.equal(
        await server.kubectl(['get', 'imagepulljob', 'advised', '--ignore-not-found']),
        '',
      );
    });

    it('are not called for what the manager writes, nor for status', async () => {
      await server.create(named('ours', imagePullJob({})), ...MANAGER);
      await server.patchStatus(['imagepulljob', 'ours'], { desired: 1 });
      assert.deepEqual(webhooks.answers(), []);
      await server.kubectl(['label', 'imagepulljob', 'ours', 'a=b']);
      assert.deepEqual(webhooks.answers(), [
        'mutate.imagepulljob.headstart UPDATE allowed',
        'validate.imagepulljob.headstart UPDATE allowed',
      ]);
    });
  });

  // mocha runs the tests of a suite before its inner suites, and these come last.
  describe('in trouble', () => {
    it('are armed again when somebody clears a bundle, and serve on when the Secret is deleted', async () => {
      const name = 'headstart-mutating';
      const cleared = [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }];
      await server.kubectl([
        'patch',
        'mutatingwebhookconfiguration',
        name,
        '--type=json',
        '-p',
        JSON.stringify(cleared),
      ]);
      await webhooks.armed();
      const before = webhooks.certificates.current();
      await deleteSecret(webhooks.client);
      await until(
        () => webhooks.log.at('info').some(({ fields }) => fields['action'] === 'restore'),
        {
          what: 'the Secret to be back',
        },
      );
      assert.deepEqual(webhooks.certificates.current(), before);
      await webhooks.armed();
      webhooks.answers();
      await server.create(named('after', imagePullJob({})), '--dry-run=server');
      assert.equal(webhooks.answers().length, 2);
    });

    it('were never left out, until they are gone and the API server goes on without them', async () => {
      assert.equal(await apiServerCounter(server, FAIL_OPEN), leftOut);
      await webhooks.stopServing();
      await server.create(named('alone', imagePullJob({})), '--dry-run=server');
      assert.equal(await apiServerCounter(server, FAIL_OPEN), leftOut + 2);
    });
  });
});
