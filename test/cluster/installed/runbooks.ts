import assert from 'node:assert/strict';
import { REGISTRY_BUDGET_CONFIG_MAP, SYSTEM_NAMESPACE } from '../../../api/names.ts';
import { readPage } from '../../docs/named-tests.ts';
import { runbookNames } from '../../docs/runbook-pages.ts';
import { binary } from '../binaries.ts';
import type { Cluster } from '../cluster.ts';
import { run } from '../process.ts';
import { AT_ONCE, imagePullJob, waitFor } from './objects.ts';

/** Needs what no cluster has by itself, or would disturb the suites beside this one. */
const LEFT_OUT = /kubectl .* top pods|rollout restart|delete secret/;
const JOB = 'runbook';

const blocks = (page: string): readonly string[] =>
  [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));

/** The commands of all runbooks, each run once. */
export function describeRunbooks(theCluster: () => Cluster): void {
  let cluster: Cluster;
  let daemonPod: string;

  before(async () => {
    cluster = theCluster();
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: REGISTRY_BUDGET_CONFIG_MAP, namespace: SYSTEM_NAMESPACE },
      data: { ceilings: '* = 100' },
    });
    // Nobody pushed it.
    const image = `${cluster.registry.host}/runbook:1`;
    await cluster.apply(imagePullJob(JOB, { ...AT_ONCE, image }));
    await waitFor(cluster, `imagepulljob/${JOB}`, 'Failed');
    const name = [
      '-n',
      'headstart-daemon',
      'get',
      'pods',
      '-o',
      'jsonpath={.items[0].metadata.name}',
    ];
    daemonPod = await cluster.mustKubectl(name);
  });
  after(async () => {
    await cluster?.kubectl(
      '-n',
      SYSTEM_NAMESPACE,
      'delete',
      'configmap',
      REGISTRY_BUDGET_CONFIG_MAP,
    );
    await cluster?.kubectl('delete', 'imagepulljob', JOB);
  });

  const shell = async (command: string): Promise<string> => {
    const kubectl = `${binary('kubectl')} --kubeconfig=${cluster.kubeconfigPath}`;
    const program = command
      .replaceAll(/\bkubectl /g, `${kubectl} `)
      .replace('POD:', `${daemonPod}:`);
    const { stdout, stderr, code } = await run(['sh', '-c', program]);
    // A search that finds nothing ends with 1 and says nothing.
    const found = code === 0 || (code === 1 && command.includes('| grep'));
    assert.ok(found && !/error|denied/i.test(stderr), `${command}\n${stderr}`);
    return stdout;
  };

  for (const runbook of runbookNames()) {
    const commands = blocks(readPage(`runbooks/${runbook}.md`)).filter(
      each => !LEFT_OUT.test(each),
    );
    it(`${runbook}: ${commands.length} commands work`, async () => {
      assert.ok(commands.length > 0);
      for (const command of commands) await shell(command);
    });
  }

  it('HeadstartPullsFail and HeadstartJobsFail name the node, the reason and what was said', async () => {
    for (const [runbook, start] of [
      ['HeadstartPullsFail', 'kubectl get nodeimages'],
      ['HeadstartJobsFail', 'kubectl get imagepulljobs -A -o jsonpath'],
    ] as const) {
      const command = blocks(readPage(`runbooks/${runbook}.md`)).find(each =>
        each.startsWith(start),
      );
      assert.match(await shell(command ?? ''), /NotFound.*not found/s);
    }
  });
}
