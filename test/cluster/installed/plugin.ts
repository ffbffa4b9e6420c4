import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../cli/bundle.ts';
import { binary } from '../binaries.ts';
import type { Cluster } from '../cluster.ts';
import { type CommandResult, run } from '../process.ts';
import { cloneSet, imagePullJob } from './objects.ts';

const rules = [
  {
    apiGroups: ['apps.kruise.io'],
    resources: ['imagepulljobs', 'clonesets'],
    verbs: ['get', 'list', 'watch', 'create'],
  },
  { apiGroups: [''], resources: ['pods', 'events'], verbs: ['get', 'list', 'watch'] },
];
const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'developer' } };
/** A developer of the namespace default. */
const DEVELOPER = [
  { ...rbac, kind: 'Role', rules },
  {
    ...rbac,
    kind: 'RoleBinding',
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'developer' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'developer' }],
  },
];

/** Tests of `kubectl headstart`, run by kubectl on the real API server. */
export function describePlugin(theCluster: () => Cluster): void {
  let cluster: Cluster;
  let folder: string;
  let developer: string;
  before(async () => {
    cluster = theCluster();
    folder = await mkdtemp(join(tmpdir(), 'headstart-plugin-'));
    await symlink(join(await bundle(), 'kubectl-headstart.mjs'), join(folder, 'kubectl-headstart'));
    for (const object of DEVELOPER) await cluster.apply(object);
    developer = await cluster.certificateKubeconfig('developer', '/CN=developer');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const headstart = (kubeconfig: string, ...args: string[]): Promise<CommandResult> =>
    run([binary('kubectl'), 'headstart', ...args], {
      env: { PATH: `${folder}:${process.env['PATH']}`, KUBECONFIG: kubeconfig },
    });
  const asAdmin = (...args: string[]) => headstart(cluster.kubeconfigPath, ...args);
  const asDeveloper = (...args: string[]) => headstart(developer, ...args);

  it('pulls an image, waits for it, and shows where it is', async () => {
    const { reference } = await cluster.registry.push('team/plugin:1');
    const pulled = await asAdmin(
      'pull',
      reference,
      '--nodes=node-1,node-2',
      '--name=plugin',
      '--wait',
      '--timeout=60s',
    );
    assert.equal(pulled.code, 0, pulled.stderr);
    assert.match(pulled.stdout, /^imagepulljob "plugin" complete: .* is on 2 nodes$/m);
    assert.match((await asAdmin('status')).stdout, /^plugin .*████████████ 2\/2 +0 +Complete/m);
    const { stdout } = await asAdmin('nodes', reference);
    assert.match(stdout, /^node-1 +\S+ +warm +\d+s$/m);
  });

  it('follows a job to its failure', async () => {
    const image = `${cluster.registry.host}/team/no-such:1`;
    const failed = await asAdmin(
      'pull',
      image,
      '--nodes=node-1,node-99',
      '--name=fails',
      '--wait',
      '--timeout=90s',
    );
    assert.equal(failed.code, 1, failed.stderr);
    assert.match(failed.stderr, /^Warning: 1 of the named nodes do not exist: node-99$/m);
    assert.match(failed.stdout, /^ {2}NodeNotFound: 1 node, node-99: /m);
    assert.equal((await asAdmin('watch', 'fails')).code, 1);
  });

  it('plans against schema, CEL and webhooks of the real server', async () => {
    const file = join(folder, 'jobs.json');
    const spec = { image: 'nginx:1', completionPolicy: { type: 'Always' } };
    const both = { selector: { names: ['node-1'] }, podSelector: { matchLabels: { app: 'web' } } };
    const items = [imagePullJob('good', spec), imagePullJob('bad', { ...spec, ...both })];
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const { code, stdout } = await asAdmin('plan', '-f', file);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ImagePullJob default\/good would be created\n {2}pulls +nginx:1 on 4 nodes, 1 at a time$/m,
    );
    assert.match(
      stdout,
      /^ImagePullJob default\/bad would be denied\n(?: {2}because .*\n)* {2}because .*spec\.podSelector/m,
    );
    assert.equal((await cluster.kubectl('get', 'imagepulljob', 'good')).code, 1);
  });

  it('serves a developer with rights in one namespace', async () => {
    assert.match((await asDeveloper('status')).stdout, /^plugin .*Complete/m);
    const nodes = await asDeveloper('nodes');
    assert.equal(nodes.code, 0, nodes.stderr);
    assert.match(nodes.stderr, /^note: you may not read nodeimages; the jobs of namespace default/);
    assert.match(nodes.stdout, /team\/plugin:1 +2\/2 /);
    const refused = await asDeveloper('status', '-A');
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /^Error from server \(Forbidden\): imagepulljobs\.apps\.kruise\.io is forbidden: User "developer" .*\nhint: /,
    );
  });

  it('says to a developer why nothing is warmed', async () => {
    await cluster.apply({
      ...cloneSet('plugin', {
        replicas: 0,
        selector: { matchLabels: { app: 'plugin' } },
        template: {
          metadata: { labels: { app: 'plugin' } },
          spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
        },
      }),
      metadata: {
        name: 'plugin',
        namespace: 'default',
        annotations: { 'headstart/predownload': 'never' },
      },
    });
    const { code, stdout, stderr } = await asDeveloper('why', 'cloneset/plugin');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ {2}verdict +Skipped, PredownloadNever$/m);
    assert.match(stdout, /annotate clonesets\.apps\.kruise\.io plugin headstart\/predownload-$/m);
  });

  it('completes names of jobs for kubectl', async () => {
    const { stdout } = await asDeveloper('__complete', 'watch', 'pl');
    assert.equal(stdout, 'plugin\n:4\n');
  });
}
