import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { hasFeature, KUBERNETES_VERSION } from './kubernetes-version.ts';

describe('startControlPlane', () => {
  let controlPlane: ControlPlane;
  before(async () => {
    controlPlane = await startControlPlane();
  });
  after(() => controlPlane.stop());

  it('serves the API to kubectl', async () => {
    const version = JSON.parse(await controlPlane.mustKubectl(['get', '--raw', '/version'])) as {
      readonly gitVersion: string;
    };
    assert.equal(version.gitVersion, `v${KUBERNETES_VERSION}`);
  });

  it('tells how a failed kubectl ended', async () => {
    const { stderr, code } = await controlPlane.kubectl('get', 'namespace', 'missing');
    assert.equal(code, 1);
    assert.match(stderr, /NotFound/);
  });

  it('applies manifests and keeps them over a restart of the server', async () => {
    await controlPlane.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kept', namespace: 'default' },
      data: { key: 'value' },
    });
    await controlPlane.apiServer.restart();
    assert.equal(
      await controlPlane.mustKubectl(['get', 'cm', 'kept', '-o', 'jsonpath={.data.key}']),
      'value',
    );
  });

  it('lets a ServiceAccount do what RBAC allows and no more', async () => {
    await controlPlane.mustKubectl(['create', 'serviceaccount', 'reader']);
    await controlPlane.mustKubectl(['create', 'role', 'r', '--verb=list', '--resource=pods']);
    const subject = '--serviceaccount=default:reader';
    await controlPlane.mustKubectl(['create', 'rolebinding', 'r', '--role=r', subject]);
    const kubeconfig = await controlPlane.serviceAccountKubeconfig('default', 'reader');
    assert.ok(existsSync(kubeconfig));
    const as = ['--kubeconfig', kubeconfig];
    await controlPlane.mustKubectl([...as, 'get', 'pods']);
    const { stderr } = await controlPlane.kubectl(...as, 'get', 'secrets');
    assert.match(stderr, /system:serviceaccount:default:reader" cannot list/);
  });

  it('keeps its certificate authority apart from others', async () => {
    await using other = await startControlPlane();
    assert.notEqual(other.caPem, controlPlane.caPem);
    assert.notEqual(other.url, controlPlane.url);
    assert.match(await readFile(other.kubeconfigPath, 'utf8'), new RegExp(other.url));
  });

  describe('knows from its version what the API server lacks', () => {
    it('ValidatingAdmissionPolicy', async () => {
      const resources = await controlPlane.mustKubectl([
        'get',
        '--raw',
        '/apis/admissionregistration.k8s.io/v1',
      ]);
      assert.equal(
        resources.includes('"validatingadmissionpolicies"'),
        hasFeature('ValidatingAdmissionPolicy'),
      );
    });

    it('the node of a token', async () => {
      const extra = await extraOfBoundToken(controlPlane);
      assert.ok(extra['authentication.kubernetes.io/pod-name'], 'the pod is known everywhere');
      const node = extra['authentication.kubernetes.io/node-name']?.[0];
      assert.equal(node, hasFeature('nodeOfToken') ? 'node-a' : undefined);
    });
  });

  it('leaves nothing behind', async () => {
    const other = await startControlPlane();
    await other.stop();
    assert.equal(existsSync(other.folder), false);
  });
});

/** What the API server adds to requests with a token that is bound to a pod on `node-a`. */
async function extraOfBoundToken(
  controlPlane: ControlPlane,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const metadata = { name: 'bound', namespace: 'default' };
  await controlPlane.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' } });
  await controlPlane.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const containers = [{ name: 'main', image: 'main' }];
  const spec = { nodeName: 'node-a', serviceAccountName: 'bound', containers };
  await controlPlane.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const bound = ['--bound-object-kind=Pod', '--bound-object-name=bound'];
  const token = (await controlPlane.mustKubectl(['create', 'token', 'bound', ...bound])).trim();
  const review = await controlPlane.mustKubectl(['create', '-o', 'json', '-f', '-'], {
    input: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token },
    }),
  });
  return (
    JSON.parse(review) as {
      readonly status: {
        readonly user: { readonly extra: Readonly<Record<string, readonly string[]>> };
      };
    }
  ).status.user.extra;
}
