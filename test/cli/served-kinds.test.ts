import assert from 'node:assert/strict';
import {
  ADVANCED_DAEMON_SETS,
  ADVANCED_STATEFUL_SETS,
  CLONE_SETS,
  IMAGE_PULL_JOBS,
} from '../../api/resources.ts';
import { servedWorkloads } from '../../cli/manager/served-kinds.ts';
import { hasCode } from '../../runtime/errors.ts';
import { FakeKube } from '../support/fake-kube.ts';

const BUILT_IN = ['deployments.apps/v1', 'statefulsets.apps/v1', 'daemonsets.apps/v1'];

async function servedBy(kube: FakeKube): Promise<readonly string[]> {
  const found = await servedWorkloads(kube, new AbortController().signal);
  return found.map(({ plural, group, version }) => `${plural}.${group}/${version}`);
}

describe('servedWorkloads', () => {
  it('finds the kinds of OpenKruise that are there, and those of apps/v1, which always are', async () => {
    const kube = new FakeKube();
    kube.serve(ADVANCED_STATEFUL_SETS, false);
    assert.deepEqual(await servedBy(kube), [
      'clonesets.apps.kruise.io/v1beta1',
      'daemonsets.apps.kruise.io/v1beta1',
      ...BUILT_IN,
    ]);
  });

  it('takes kinds of one name in two groups apart', async () => {
    const kube = new FakeKube();
    for (const kind of [CLONE_SETS, ADVANCED_STATEFUL_SETS, ADVANCED_DAEMON_SETS]) {
      kube.serve(kind, false);
    }
    assert.deepEqual(await servedBy(kube), BUILT_IN);
  });

  it('refuses a cluster that lacks our own kinds', async () => {
    const kube = new FakeKube();
    kube.serve(IMAGE_PULL_JOBS, false);
    await assert.rejects(servedBy(kube), (error: unknown) => {
      assert.ok(hasCode(error, 'KUBE_CRD_MISSING'));
      return true;
    });
  });
});
