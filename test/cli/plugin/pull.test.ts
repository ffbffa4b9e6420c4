import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import type { EmbeddedCluster } from '../../../cli/embedded/embedded-cluster.ts';
import { readPullOptions } from '../../../cli/plugin/pull-options.ts';
import { runPull } from '../../../cli/plugin/run-pull.ts';
import { headstart } from '../run-headstart.ts';
import { startPluginCluster } from './plugin-cluster.ts';
import { flags, runRecorded } from './recorded-session.ts';

describe('the flags of kubectl headstart pull', () => {
  const read = (raw = {}, image = 'registry:5000/team/web:1.0') =>
    readPullOptions(image, flags(raw), 'abc123');

  it('name the job after the image', () => {
    assert.equal(read().name, 'web-1-0-abc123');
    assert.equal(read({}, 'nginx').name, 'nginx-latest-abc123');
    assert.equal(read({ name: 'mine' }).name, 'mine');
    assert.ok(read({}, `${'x'.repeat(200)}:1`).name.length <= 63);
  });

  it('choose nodes by name, by label, or by pods', () => {
    assert.deepEqual(read({ nodes: 'a,b' }).template.selector, { names: ['a', 'b'] });
    assert.deepEqual(read({ selector: 'pool=web' }).template.selector, {
      matchLabels: { pool: 'web' },
    });
    assert.deepEqual(read({ pods: 'app=web' }).template.podSelector, {
      matchLabels: { app: 'web' },
    });
    assert.equal(read().template.selector, undefined);
  });

  it('make the rest of the job', () => {
    const { template } = read({ parallelism: '20%', pullTimeout: '2m', pullSecret: ['a', 'b'] });
    assert.deepEqual(template, {
      completionPolicy: { type: 'Always' },
      parallelism: '20%',
      pullPolicy: { timeoutSeconds: 120 },
      pullSecrets: ['a', 'b'],
    });
    assert.equal(read({ parallelism: '5' }).template.parallelism, 5);
  });

  it('are refused all at once', () => {
    const bad = { nodes: 'a', pods: 'x', selector: 'a b', parallelism: '-1', timeout: '1m' };
    assert.throws(
      () => read(bad),
      (error: Error) => {
        assert.deepEqual(
          error.message.split('\n').map(line => line.split(' ')[0]),
          ['--parallelism', '--nodes', '--timeout'],
        );
        return true;
      },
    );
    assert.throws(() => read({}, 'No Image'), /image 'No Image' must not contain white space/);
  });
});

describe('kubectl headstart pull', function () {
  this.timeout(60_000);
  this.slow(3000);
  let cluster: EmbeddedCluster;
  before(async () => {
    cluster = await startPluginCluster();
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const pull = (image: string, raw = {}) =>
    runRecorded(cluster.client, session => runPull(image, flags(raw), session));

  it('creates a job and leaves', async () => {
    const { code, stdout } = await pull('nginx:1');
    assert.equal(code, 0);
    assert.match(stdout, /^imagepulljob\.apps\.kruise\.io\/nginx-1-[0-9a-f]{6} created$/);
  });

  it('waits for the end', async () => {
    const { code, stdout } = await pull('nginx:2', { wait: true, name: 'two', nodes: 'node-1' });
    assert.equal(code, 0);
    const lines = stdout.split('\n');
    assert.equal(lines[0], 'imagepulljob.apps.kruise.io/two created');
    assert.equal(lines.at(-1), 'imagepulljob "two" complete: nginx:2 is on 1 node');
  });

  it('gives a program the job as it ended', async () => {
    const { code, stdout } = await pull('nginx:3', { wait: true, nodes: 'nobody', output: 'json' });
    assert.equal(code, 1);
    const job = JSON.parse(stdout) as ImagePullJob;
    assert.equal(job.status?.failures?.[0]?.reason, 'NodeNotFound');
  });

  it('tells a denial as kubectl does', async () => {
    const { code, stderr } = await pull('nginx:4', { name: 'Bad_Name' });
    assert.equal(code, 1);
    assert.match(stderr, /^Error from server \(\w+\): .*Bad_Name/);
    const taken = await pull('nginx:5', { name: 'two' });
    assert.match(taken.stderr, /^Error from server \(AlreadyExists\): .*"two" already exists/);
  });

  it('passes on what the webhook warns of', async () => {
    const { code, stderr } = await headstart(
      'pull',
      'nginx:6',
      '--nodes=node-1,node-99',
      '--parallelism=0',
      `--kubeconfig=${cluster.kubeconfigPath}`,
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(stderr.trimEnd().split('\n').toSorted(), [
      'Warning: 1 of the named nodes do not exist: node-99',
      'Warning: parallelism is 0: the job is paused until it is raised',
    ]);
  });
});
