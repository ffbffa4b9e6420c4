import assert from 'node:assert/strict';
import { IMAGE_PULL_JOBS } from '../../../api/resources.ts';
import type { EmbeddedCluster } from '../../../cli/embedded/embedded-cluster.ts';
import { runStatus } from '../../../cli/plugin/run-status.ts';
import { runWatch } from '../../../cli/plugin/run-watch.ts';
import { until } from '../../cluster/until.ts';
import { headstart, startHeadstart } from '../run-headstart.ts';
import { createJob, startPluginCluster } from './plugin-cluster.ts';
import { flags, recordedSession, runRecorded } from './recorded-session.ts';

describe('kubectl headstart status and watch', function () {
  this.timeout(60_000);
  this.slow(3000);
  let cluster: EmbeddedCluster;
  before(async () => {
    cluster = await startPluginCluster();
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const status = (raw = {}, options = {}) =>
    runRecorded(cluster.client, session => runStatus(flags(raw), session), options);
  const watch = (name: string, raw = {}) =>
    runRecorded(cluster.client, session => runWatch(name, flags(raw), session));

  it('says that there is nothing', async () => {
    const { stdout, stderr } = await status({}, { namespace: 'empty' });
    assert.equal(stdout, '');
    assert.equal(stderr, 'No pull jobs found in empty namespace.');
  });

  it('watches a job to its end, a line for each change', async () => {
    await createJob(cluster, 'base', { parallelism: 2 });
    const { code, stdout } = await watch('base');
    assert.equal(code, 0, stdout);
    const lines = stdout.split('\n');
    assert.equal(lines.at(-1), 'imagepulljob "base" complete: base:1 is on 4 nodes');
    assert.ok(lines.length > 2, stdout);
    assert.equal(new Set(lines).size, lines.length, 'no line twice in a row');
  });

  it('shows the finished job', async () => {
    const { code, stdout } = await status();
    assert.equal(code, 0);
    assert.match(stdout, /^base +base:1 +████████████ 4\/4 +0 +Complete +- +\d+s$/m);
  });

  it('ends a watch of a failing job with 1 and the reasons', async () => {
    await createJob(cluster, 'named', { selector: { names: ['node-1', 'node-99'] } });
    const { code, stdout } = await watch('named');
    assert.equal(code, 1);
    assert.match(stdout, /^imagepulljob "named" failed on 1 of 2 nodes: /m);
    assert.match(stdout, /^ {2}NodeNotFound: 1 node, node-99: /m);
    assert.match((await status()).stdout, /^named +NodeNotFound +1 +node-99: /m);
  });

  it('ends a watch with 3 when time runs out, and leaves the job alone', async () => {
    await createJob(cluster, 'paused', { parallelism: 0 });
    const { code, stderr } = await watch('paused', { timeout: '1s' });
    assert.equal(code, 3);
    assert.match(stderr, /^error: timed out waiting for imagepulljob "paused", which goes on: /);
  });

  it('ends a watch when the job is deleted', async () => {
    const { session, stdout } = recordedSession(cluster.client);
    const watching = runWatch('paused', flags(), session);
    await until(() => stdout() !== '', { what: 'the first line', everyMs: 20 });
    await cluster.client.delete(IMAGE_PULL_JOBS, { namespace: 'default', name: 'paused' });
    await assert.rejects(watching, /imagepulljob "paused" was deleted before it ended/);
  });

  it('says when there is no such job', async () => {
    const { code, stderr } = await watch('nobody');
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'error: imagepulljob "nobody" not found in namespace default; see: kubectl headstart status -A',
    );
  });

  it('gives programs what kubectl would', async () => {
    const { items } = JSON.parse((await status({ output: 'json' })).stdout) as {
      items: { metadata: { name: string } }[];
    };
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['base', 'named'],
    );
    assert.match((await status({ output: 'yaml' })).stdout, /^kind: List$/m);
    assert.equal(
      (await status({ output: 'name' })).stdout,
      'imagepulljob.apps.kruise.io/base\nimagepulljob.apps.kruise.io/named',
    );
  });

  it('chooses by labels, and shows all namespaces', async () => {
    assert.match((await status({ selector: 'app=none' })).stderr, /No pull jobs found/);
    assert.match(
      (await status({ allNamespaces: true })).stdout,
      /^NAMESPACE +NAME .*\ndefault +base /,
    );
  });

  it('shows the table again when something changed, until it is stopped', async () => {
    const abort = new AbortController();
    const { session, stdout } = recordedSession(cluster.client, { signal: abort.signal });
    const watching = runStatus(flags({ watch: true }), session);
    await until(() => /^base /m.test(stdout()), { what: 'the table', everyMs: 20 });
    await createJob(cluster, 'later');
    await until(() => /^later .*Complete/m.test(stdout()), { what: 'the new job', everyMs: 50 });
    abort.abort(new Error('enough'));
    await assert.rejects(watching, /enough/);
  });

  it('is a program: exit codes, kubeconfig, no stack', async () => {
    const kubeconfig = `--kubeconfig=${cluster.kubeconfigPath}`;
    const fine = await headstart('status', kubeconfig);
    assert.equal(fine.code, 0, fine.stderr);
    assert.match(fine.stdout, /^base .*Complete/m);
    const failed = await headstart('watch', 'named', kubeconfig, '-o', 'name');
    assert.deepEqual([failed.code, failed.stdout], [1, 'imagepulljob.apps.kruise.io/named\n']);
    const usage = await headstart('watch', 'named', kubeconfig, '--timeout=soon');
    assert.equal(usage.code, 2);
    assert.match(usage.stderr, /^error: --timeout must be a time from 0s to 30d/);
    const wrong = await headstart('status', kubeconfig, '--context=other');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^error: kubeconfig .* has no context "other"; it has /);
  });

  it('leaves with the code of Ctrl-C', async () => {
    await using watching = await startHeadstart(
      'status',
      '--watch',
      `--kubeconfig=${cluster.kubeconfigPath}`,
    );
    await until(
      async () => {
        watching.kill('SIGINT');
        return (await Promise.race([watching.ended, Promise.resolve(undefined)])) !== undefined;
      },
      { what: 'the end', everyMs: 300 },
    );
    assert.equal((await watching.ended).stderr, '');
  });
});
