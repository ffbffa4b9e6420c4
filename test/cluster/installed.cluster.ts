import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { installHeadstart, pushHeadstart } from './install.ts';
import { describeDenials } from './installed/denials.ts';
import { describeJobs } from './installed/jobs.ts';
import { describePlugin } from './installed/plugin.ts';
import { describePrivateRegistry } from './installed/private-registry.ts';
import { describeRegistryBudget } from './installed/registry-budget.ts';
import { describeResilience } from './installed/resilience.ts';
import { describeRunbooks } from './installed/runbooks.ts';

// One cluster for all of them: most of the time would go into its start.
describe('Headstart, installed as shipped', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster({ nodes: 4 });
    await installHeadstart(cluster, { image: await pushHeadstart(cluster) });
  });
  after(() => cluster?.stop());
  diagnoseFailures(() => cluster);

  describe('and malformed objects', () => describeDenials(() => cluster));
  describe('and a registry with a password', () => describePrivateRegistry(() => cluster));
  describe('and a registry with a ceiling', () => describeRegistryBudget(() => cluster));
  describe('and kubectl headstart', () => describePlugin(() => cluster));
  describe('and its runbooks', () => describeRunbooks(() => cluster));
  describe('and managers that are away', () => describeResilience(() => cluster));
  describe('and its jobs', () => describeJobs(() => cluster));
});
