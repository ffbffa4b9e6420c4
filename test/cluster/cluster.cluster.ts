import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type Cluster, startCluster, sweepClusters } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import type { ClusterNode } from './node.ts';
import { mustRun } from './process.ts';
import { mostNodesAtOnce } from './registry-door.ts';
import { clusterId } from './remains.ts';
import { until } from './until.ts';

describe('startCluster', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster({ nodes: 4 });
  });
  after(() => cluster?.stop());
  diagnoseFailures(() => cluster);

  it('has four Ready nodes', async () => {
    const names = await cluster.mustKubectl(['get', 'nodes', '-o', 'name']);
    assert.equal(names.trim().split('\n').length, 4);
  });

  it('runs a Pod whose image comes from the registry, and updates it in place', async () => {
    const [one, two] = [
      await cluster.registry.push('app:v1', 2),
      await cluster.registry.push('app:v2', 2),
    ];
    await cluster.apply(pod('app', one.reference));
    await cluster.mustKubectl(['wait', '--for=condition=Ready', 'pod/app', '--timeout=60s']);
    assert.equal(cluster.registry.downloads('app').length, 2, 'configuration and layer');
    const patch = { spec: { containers: [{ name: 'main', image: two.reference }] } };
    await cluster.mustKubectl(['patch', 'pod', 'app', '-p', JSON.stringify(patch)]);
    await cluster.mustKubectl([
      'wait',
      'pod/app',
      '--timeout=60s',
      `--for=jsonpath={.status.containerStatuses[0].image}=${two.reference}`,
    ]);
    await cluster.mustKubectl(['wait', '--for=condition=Ready', 'pod/app', '--timeout=60s']);
    assert.equal(
      await cluster.mustKubectl(['exec', 'app', '--', 'sh', '-c', 'echo hello']),
      'hello\n',
    );
    assert.equal(mostNodesAtOnce(cluster.registry.downloads('app')), 1);
  });

  it('answers for docker.io', async () => {
    await cluster.registry.push('library/nginx:1');
    await cluster.apply(pod('nginx', 'nginx:1'));
    await cluster.mustKubectl(['wait', '--for=condition=Ready', 'pod/nginx', '--timeout=60s']);
  });

  it('pulls from the private registry with the password only', async () => {
    const { host, credentials } = cluster.privateRegistry;
    const { reference } = await cluster.privateRegistry.push('secret:v1');
    await cluster.apply(pod('without', reference));
    const login = [
      `--docker-server=${host}`,
      `--docker-username=${credentials.username}`,
      `--docker-password=${credentials.password}`,
    ];
    await cluster.mustKubectl(['create', 'secret', 'docker-registry', 'pull', ...login]);
    await cluster.apply(pod('with', reference, { imagePullSecrets: [{ name: 'pull' }] }));
    await cluster.mustKubectl(['wait', '--for=condition=Ready', 'pod/with', '--timeout=60s']);
    const reason = 'jsonpath={.status.containerStatuses[0].state.waiting.reason}';
    await until(
      async () =>
        /Err|BackOff/.test(await cluster.mustKubectl(['get', 'pod/without', '-o', reason])),
      { what: 'the pull without a password to fail' },
    );
  });

  it('lets a Pod reach the API through its Service', async () => {
    const command = 'wget -q -O - --no-check-certificate https://10.96.0.1/readyz';
    assert.equal(await cluster.mustKubectl(['exec', 'app', '--', 'sh', '-c', command]), 'ok');
  });

  it('slows a node down', async () => {
    const [node] = cluster.nodes;
    assert.ok(node);
    const { reference } = await cluster.registry.push('slow:v1', 4);
    await node.limitBandwidth(16);
    await cluster.apply(pod('slow', reference, { nodeName: node.name }));
    await cluster.mustKubectl(['wait', '--for=condition=Ready', 'pod/slow', '--timeout=60s']);
    await node.limitBandwidth(undefined);
    const layer = cluster.registry.downloads('slow').find(request => request.bytes > 1e6);
    const tookMs = (layer?.endedMs ?? 0) - (layer?.startedMs ?? 0);
    assert.ok(tookMs > 1_000, `4 MB over 16 Mbit/s took ${tookMs} ms`);
    assert.ok((await node.imageNames()).includes(reference));
  });

  it('grows by a node', async () => {
    const node = await cluster.addNode();
    assert.equal(node.name, 'node-5');
    assert.equal(cluster.nodes.length, 5);
  });

  it('leaves nothing behind', async () => {
    const containers = (await Promise.all(cluster.nodes.map(pidsOfContainers))).flat();
    assert.notDeepEqual(containers, []);
    await cluster.stop();
    assert.deepEqual(await remainsOf(cluster.folder), []);
    assert.deepEqual(
      containers.filter(pid => existsSync(`/proc/${pid}`)),
      [],
    );
  });
});

describe('up.ts', () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`leaves nothing behind after ${signal}, at the latest when the next cluster starts`, async () => {
      const up = spawn(process.execPath, ['--import', 'tsx', 'test/cluster/up.ts', '1']);
      const ended = once(up, 'exit');
      let output = '';
      up.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const folder = await until(() => /export KUBECONFIG=(.*)\/admin/.exec(output)?.[1], {
        what: 'up.ts',
      });
      assert.notDeepEqual(await remainsOf(folder), []);
      up.kill(signal);
      await ended;
      if (signal === 'SIGKILL') await sweepClusters();
      assert.deepEqual(await remainsOf(folder), []);
    });
  }
});

/** As this machine numbers them. */
async function pidsOfContainers({ runtimeSocket }: ClusterNode): Promise<string[]> {
  const tasks = ['ctr', '--address', runtimeSocket, '-n', 'k8s.io', 'tasks', 'ls'];
  const rows = (await mustRun(tasks)).trim().split('\n').slice(1);
  return rows.map(row => row.split(/ +/)[1] ?? '');
}

/** Lines of this machine's processes, mounts, networks, cgroups and files that name the cluster. */
async function remainsOf(folder: string): Promise<string[]> {
  const id = clusterId(folder);
  const found: string[] = [];
  // One after the other: the commands themselves must not be among the processes.
  for (const command of [
    ['ps', '-eo', 'args'],
    ['cat', '/proc/mounts'],
    ['ip', 'netns', 'list'],
    ['ip', '-o', 'link'],
    ['find', '/sys/fs/cgroup', '-type', 'd'],
    ['ls', '-dl', '/tmp/*', '/dev/shm/*', '/var/log/containers/*'],
  ]) {
    const lines = (await mustRun(['sh', '-c', `${command.join(' ')} 2>/dev/null || :`])).split(
      '\n',
    );
    found.push(...lines.filter(line => line.includes(folder) || line.includes(id)));
  }
  return found;
}

function pod(name: string, image: string, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'main', image }], ...spec },
  };
}
