import assert from 'node:assert/strict';
import { resource } from '../../../api/resource.ts';
import { Uninstall } from '../../../cli/manager/uninstall.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const DEPLOYMENTS = resource<{ metadata: { name: string; namespace: string }; spec?: unknown }>({
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
});
const KEY = { namespace: 'headstart-system', name: 'headstart-manager' };

describe('Uninstall', () => {
  let kube: FakeKube;
  let log: RecordingLogger;
  let uninstall: Uninstall;

  beforeEach(() => {
    kube = new FakeKube();
    log = new RecordingLogger();
    uninstall = new Uninstall(KEY.namespace, { client: kube, clock: kube.clock, log });
  });

  const saysGoodbye = async (): Promise<boolean> => {
    let said = false;
    await uninstall.whenUnderWay(async () => {
      said = true;
    });
    return said;
  };
  const scale = (replicas: number) =>
    kube.patch(DEPLOYMENTS, KEY, { type: 'merge', body: { spec: { replicas } } });

  it('tells a Deployment that is gone or has no replicas from one that restarts', async () => {
    kube.seed(DEPLOYMENTS, { metadata: KEY, spec: { replicas: 2 } });
    await uninstall.observe();
    assert.equal(await saysGoodbye(), false);
    await scale(1);
    assert.equal(await saysGoodbye(), false);
    await scale(0);
    assert.equal(await saysGoodbye(), true);
    await kube.delete(DEPLOYMENTS, KEY);
    assert.equal(await saysGoodbye(), true);
  });

  it('says nothing for a manager that no Deployment runs', async () => {
    await uninstall.observe();
    assert.equal(await saysGoodbye(), false);
  });

  it('does not hold up the end of the process when the API server refuses', async () => {
    kube.seed(DEPLOYMENTS, { metadata: KEY });
    await uninstall.observe();
    kube.before = () => {
      throw new Error('gone');
    };
    assert.equal(await saysGoodbye(), false);
    assert.equal(log.at('warn').length, 1);
  });
});
