import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLONE_SETS } from '../../../api/resources.ts';
import type { EmbeddedCluster } from '../../../cli/embedded/embedded-cluster.ts';
import { type Completion, complete } from '../../../cli/plugin/complete.ts';
import { COMPLETION_SCRIPTS } from '../../../cli/plugin/completion-scripts.ts';
import { pluginProgram } from '../../../cli/plugin/program.ts';
import { completionLines } from '../../../cli/plugin/run-complete.ts';
import { makeTempFolder } from '../../support/temp-folder.ts';
import { bundle } from '../bundle.ts';
import { rolloutWorkload } from '../rollout-objects.ts';
import { headstart } from '../run-headstart.ts';
import { createJob, startPluginCluster } from './plugin-cluster.ts';

const run = promisify(execFile);

describe('completion of a command line', () => {
  const ask = (source: string, prefix = '', before = '') => ({ source, prefix, before });
  const cases: readonly (readonly [string, Completion | ReturnType<typeof ask>])[] = [
    ['wa', { values: ['watch'] }],
    ['nonsense ', { values: [] }],
    ['watch b', ask('jobs', 'b')],
    ['watch base ', { values: [] }],
    ['watch -n shop b', ask('jobs', 'b')],
    ['status --al', { values: ['--all-namespaces'] }],
    ['status -o ', { values: ['table', 'wide', 'json', 'yaml', 'name'] }],
    ['status --output=j', { values: ['--output=json'] }],
    ['status -n s', ask('namespaces', 's')],
    ['status --context=k', ask('contexts', 'k', '--context=')],
    ['pull nginx:1 --nodes a,b', ask('nodes', 'b', 'a,')],
    ['why cloneset/w', ask('workloads', 'cloneset/w')],
    ['nodes ng', ask('images', 'ng')],
    ['plan -f ', ask('files')],
    ['pull nginx:1 --name ', ask('nothing')],
    ['completion z', { values: ['zsh'] }],
  ];
  for (const [line, expected] of cases) {
    it(`of '${line}'`, () => {
      assert.deepEqual(complete(pluginProgram(), line.split(' ')), expected);
    });
  }
});

describe('completion by the program', function () {
  this.timeout(60_000);
  this.slow(5000);
  let cluster: EmbeddedCluster;
  before(async () => {
    cluster = await startPluginCluster();
    await createJob(cluster, 'base', { parallelism: 0 });
    await cluster.client.create(CLONE_SETS, rolloutWorkload('CloneSet', 4));
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const completions = (...words: string[]): Promise<readonly string[]> =>
    completionLines(pluginProgram(), words);

  it('knows the objects of the cluster', async () => {
    const kubeconfig = ['--kubeconfig', cluster.kubeconfigPath];
    assert.deepEqual(await completions('watch', ...kubeconfig, ''), ['base', ':4']);
    assert.deepEqual(await completions('why', ...kubeconfig, 'cloneset/'), ['cloneset/web', ':4']);
    assert.deepEqual(await completions('pull', 'a:1', ...kubeconfig, '--nodes', 'node-1,node-2'), [
      'node-1,node-2',
      ':4',
    ]);
    const [context = ''] = await completions('status', ...kubeconfig, '--context', '');
    assert.notEqual(context, ':4');
  });

  it('asks nobody for kinds and files', async () => {
    assert.deepEqual(await completions('why', 'clo'), ['cloneset/', ':6']);
    assert.deepEqual(await completions('plan', '-f', ''), [':0']);
  });

  it('stays silent without a cluster', async () => {
    const { code, stdout, stderr } = await headstart(
      '__complete',
      'watch',
      '--kubeconfig=/nonexistent',
      '',
    );
    assert.deepEqual([code, stdout, stderr], [0, ':4\n', '']);
  });

  it('prints the script of a shell that it knows', async () => {
    assert.equal((await headstart('completion', 'fish')).stdout, COMPLETION_SCRIPTS.fish);
    assert.equal((await headstart('completion', 'tcsh')).code, 2);
  });

  it('works in bash', async () => {
    await using folder = await makeTempFolder();
    await symlink(
      join(await bundle(), 'kubectl-headstart.mjs'),
      join(folder.path, 'kubectl-headstart'),
    );
    const script = join(folder.path, 'script');
    await writeFile(script, COMPLETION_SCRIPTS.bash);
    const line = `source ${script}; COMP_WORDS=(kubectl-headstart status --al); COMP_CWORD=2; _headstart; echo "\${COMPREPLY[@]}"`;
    const env = { PATH: `${folder.path}:${process.env['PATH']}` };
    const { stdout } = await run('bash', ['--norc', '-c', line], { env });
    assert.equal(stdout, '--all-namespaces\n');
  });

  it('works for kubectl, which runs the script by its name', async () => {
    await using folder = await makeTempFolder();
    await symlink(
      join(await bundle(), 'kubectl-headstart.mjs'),
      join(folder.path, 'kubectl-headstart'),
    );
    const script = join(folder.path, 'kubectl_complete-headstart');
    await writeFile(script, COMPLETION_SCRIPTS.kubectl);
    await chmod(script, 0o755);
    const env = { PATH: `${folder.path}:${process.env['PATH']}` };
    assert.equal((await run(script, ['wa'], { env })).stdout, 'watch\n:4\n');
  });
});
