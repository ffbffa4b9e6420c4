import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ControlPlane, startControlPlane } from './control-plane.ts';

describe('startControlPlane', () => {
  let controlPlane: ControlPlane;
  before(async () => {
    controlPlane = await startControlPlane();
  });
  after(() => controlPlane.stop());

  it('serves the API to kubectl', async () => {
    const { stdout, code } = await controlPlane.kubectl('get', '--raw', '/version');
    assert.equal(code, 0);
    assert.match(stdout, /"gitVersion": "v1\.\d+/);
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

  it('leaves nothing behind', async () => {
    const other = await startControlPlane();
    await other.stop();
    assert.equal(existsSync(other.folder), false);
  });
});
