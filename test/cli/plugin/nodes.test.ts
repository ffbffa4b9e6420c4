import assert from 'node:assert/strict';
import type { EmbeddedCluster } from '../../../cli/embedded/embedded-cluster.ts';
import { runNodes } from '../../../cli/plugin/run-nodes.ts';
import { runWatch } from '../../../cli/plugin/run-watch.ts';
import { createJob, startPluginCluster } from './plugin-cluster.ts';
import { flags, runRecorded } from './recorded-session.ts';
import { withoutRights } from './without-rights.ts';

describe('kubectl headstart nodes', function () {
  this.timeout(60_000);
  let cluster: EmbeddedCluster;
  before(async () => {
    cluster = await startPluginCluster();
    await createJob(cluster, 'base', { selector: { names: ['node-1', 'node-3'] } });
    await runRecorded(cluster.client, session => runWatch('base', flags(), session));
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const nodes = (image?: string, raw = {}, client = cluster.client) =>
    runRecorded(client, session => runNodes(image, flags(raw), session));

  it('shows the matrix', async () => {
    const { code, stdout } = await nodes();
    assert.equal(code, 0);
    assert.equal(
      stdout,
      ['IMAGE    node-1   node-2   node-3   node-4', 'base:1   warm     -        warm     -'].join(
        '\n',
      ),
    );
  });

  it('shows one image', async () => {
    assert.match((await nodes('base')).stdout, /^node-1 +base:1 +warm +\d+s$/m);
    assert.equal((await nodes('other:1')).stderr, 'No node keeps other:1 for Headstart.');
  });

  it('gives programs the same', async () => {
    const report = JSON.parse((await nodes(undefined, { output: 'json' })).stdout) as {
      nodes: number;
      images: { image: string; warm: number }[];
    };
    assert.equal(report.nodes, 4);
    assert.deepEqual(
      report.images.map(({ image, warm }) => [image, warm]),
      [['base:1', 2]],
    );
    assert.match((await nodes(undefined, { output: 'yaml' })).stdout, /^nodes: 4$/m);
  });

  it('tells what jobs tell to people who may not read NodeImages', async () => {
    const client = withoutRights(cluster.client, 'nodeimages');
    const { code, stdout, stderr } = await nodes(undefined, {}, client);
    assert.equal(code, 0);
    assert.equal(
      stderr,
      'note: you may not read nodeimages; the jobs of namespace default tell this much',
    );
    assert.match(stdout, /^base:1 +2\/2 +0 +0 +0$/m);
  });
});
