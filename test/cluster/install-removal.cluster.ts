import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Manifest } from '../../manifests/manifest.ts';
import { installManifests, type NodeIsolation } from '../../manifests/render.ts';
import {
  imageListPullJob,
  imagePullJob,
  named,
  nodeImage,
  TAG,
} from '../manifests/test-objects.ts';
import { binary } from './binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { seededRandom } from './faults/seeded-random.ts';
import { itWith } from './kubernetes-version.ts';
import { type Background, startBackground } from './process.ts';
import { until } from './until.ts';

/** The orders; REMOVAL_SEED=… takes those of an earlier run. */
const SEED = Number(process.env['REMOVAL_SEED'] ?? randomInt(2 ** 31));

describe(`everything that was installed goes, whatever goes first (REMOVAL_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  let controlPlane: ControlPlane;
  let collector: Background;

  before(async () => {
    controlPlane = await startControlPlane();
    collector = startBackground({
      name: 'kube-controller-manager',
      command: [
        binary('kube-controller-manager'),
        `--kubeconfig=${controlPlane.kubeconfigPath}`,
        '--controllers=garbage-collector-controller,namespace-controller',
        '--leader-elect=false',
        '--secure-port=0',
      ],
      logFile: join(controlPlane.folder, 'kube-controller-manager.log'),
    });
  });
  after(async () => {
    await collector?.stop();
    await controlPlane?.stop();
  });

  const kubectlOn = (verb: readonly string[], items: readonly object[]): Promise<string> =>
    controlPlane.mustKubectl([...verb, '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });

  /** With objects of ours, and webhooks that are armed and that nobody serves, as after a manager that died. */
  const install = async (manifests: readonly Manifest[]): Promise<void> => {
    const caBundle = Buffer.from(controlPlane.caPem).toString('base64');
    const withBundle = (key: string, value: unknown): unknown =>
      key === 'clientConfig' ? { ...(value as object), caBundle } : value;
    await kubectlOn(['apply'], JSON.parse(JSON.stringify(manifests, withBundle)) as object[]);
    await controlPlane.mustKubectl(['wait', '--for=condition=Established', 'crd', '--all']);
    const objects = [imagePullJob({}), imageListPullJob({}), nodeImage([TAG])];
    await kubectlOn(
      ['apply'],
      objects.map(object => named('left', object)),
    );
  };

  const removeInAnyOrder = async (nodeIsolation: NodeIsolation): Promise<void> => {
    const manifests = installManifests({ nodeIsolation });
    await install(manifests);
    const order = manifests
      .map(manifest => ({ manifest, place: random() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ manifest }) => manifest);
    for (const manifest of order) {
      await kubectlOn(['delete', '--wait=false', '--ignore-not-found'], [manifest]);
    }
    const left = (): Promise<string> =>
      kubectlOn(['get', '--ignore-not-found', '-o', 'name'], manifests);
    await until(async () => (await left()) === '', { what: 'everything to go', everyMs: 500 });
    assert.equal(await left(), '');
  };

  itWith('ValidatingAdmissionPolicy', 'with node isolation by policy', () =>
    removeInAnyOrder('policy'),
  );
  it('with node isolation by webhook', () => removeInAnyOrder('webhook'));
});
