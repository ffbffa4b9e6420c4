import assert from 'node:assert/strict';
import { DAEMON_NAMESPACE, DAEMON_SECRETS_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { imagePullJob } from '../manifests/test-objects.ts';
import { binary } from './binaries.ts';
import { createBoundDaemon, reportStatus } from './bound-daemon.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { describeWith } from './kubernetes-version.ts';
import { type CommandResult, run } from './process.ts';
import { shippedManifests, shippedYaml } from './shipped-manifests.ts';

describe('install.yaml on kube-apiserver', () => {
  let controlPlane: ControlPlane;
  let input: string;
  let printed: string;

  before(async () => {
    controlPlane = await startControlPlane();
    input = await shippedYaml();
    printed = await controlPlane.mustKubectl(['apply', '--validate=strict', '-f', '-'], { input });
  });
  after(() => controlPlane.stop());

  /** kubectl with a manifest, to its end, whatever that is. */
  const attempt = (args: readonly string[], manifest: string): Promise<CommandResult> => {
    const kubectl = [binary('kubectl'), '--kubeconfig', controlPlane.kubeconfigPath];
    return run([...kubectl, ...args, '-f', '-'], { input: manifest });
  };

  it('installs everything in one go', () => {
    const created = printed.trim().split('\n');
    assert.equal(created.length, shippedManifests().length);
    assert.deepEqual(
      created.filter(line => !line.endsWith(' created')),
      [],
    );
  });

  it('would change nothing if it were applied again', async () => {
    const { code, stdout } = await attempt(['diff'], input);
    assert.equal(stdout, '');
    assert.equal(code, 0);
  });

  it('applies on the server side as well', () =>
    controlPlane.mustKubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
      input,
    }));

  it('keeps the certificate authority that armed the webhooks when it is applied again', async () => {
    const what = ['mutatingwebhookconfiguration', 'headstart-mutating'];
    const path = '/webhooks/0/clientConfig/caBundle';
    const value = Buffer.from(controlPlane.caPem).toString('base64');
    const patch = JSON.stringify([{ op: 'add', path, value }]);
    await controlPlane.mustKubectl(['patch', ...what, '--type=json', '-p', patch]);
    await controlPlane.mustKubectl(['apply', '-f', '-'], { input });
    const jsonPath = 'jsonpath={.webhooks[0].clientConfig.caBundle}';
    assert.equal(await controlPlane.mustKubectl(['get', ...what, '-o', jsonPath]), value);
  });

  it('lets objects be written while no webhook answers', () =>
    controlPlane.apply(imagePullJob({ parallelism: 2 })));

  describe('pod security', () => {
    const pod = (kind: string, namespace: string): object => {
      const [workload] = shippedManifests().filter(each => each.kind === kind);
      assert.ok(workload);
      const { template } = workload['spec'] as { readonly template: Manifest };
      const { spec, metadata } = template;
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { labels: metadata.labels, name: 'probe', namespace },
        spec: { ...(spec as object), serviceAccountName: 'default' },
      };
    };
    const admit = async (object: object): Promise<string> =>
      (await attempt(['create', '--dry-run=server'], JSON.stringify(object))).stderr;
    before(async () => {
      // Without kube-controller-manager nobody makes it.
      for (const namespace of [SYSTEM_NAMESPACE, DAEMON_NAMESPACE]) {
        await controlPlane.mustKubectl(['create', 'serviceaccount', 'default', '-n', namespace]);
      }
    });

    it('restricted admits the manager', async () => {
      assert.equal(await admit(pod('Deployment', SYSTEM_NAMESPACE)), '');
    });
    it('privileged admits the daemon', async () => {
      assert.equal(await admit(pod('DaemonSet', DAEMON_NAMESPACE)), '');
    });
    it('keeps the daemon out of the namespace of the manager', async () => {
      const message = await admit(pod('DaemonSet', SYSTEM_NAMESPACE));
      assert.match(message, /violates PodSecurity "restricted:latest": .*volume type "hostPath"/);
    });
  });

  describeWith('nodeOfToken', 'a daemon', () => {
    let tokenOfA: string;
    let unboundToken: string;

    before(async () => {
      ({ token: tokenOfA, unboundToken } = await createBoundDaemon(controlPlane));
    });

    const report = (token: string, node: string): Promise<unknown> =>
      reportStatus(controlPlane, token, node);

    it('reports for the node that its token is bound to', async () => {
      await report(tokenOfA, 'node-a');
    });

    it('reports for no other node', async () => {
      await assert.rejects(
        report(tokenOfA, 'node-b'),
        /its token is bound to node node-a, not to node-b/,
      );
    });

    it('reports for nobody with a token that is bound to no pod', async () => {
      await assert.rejects(report(unboundToken, 'node-a'), /bound to no node, not to node-a/);
    });
  });

  const manager = `system:serviceaccount:${SYSTEM_NAMESPACE}:headstart-manager`;
  const daemon = `system:serviceaccount:${DAEMON_NAMESPACE}:headstart-daemon`;
  const rights: readonly (readonly [who: string, what: string, namespace: string, may: boolean])[] =
    [
      [manager, 'get secrets/registry', 'default', true],
      [manager, 'list secrets', 'default', false],
      [manager, 'watch secrets', 'default', false],
      [manager, 'create secrets', 'default', false],
      [manager, 'list secrets', DAEMON_SECRETS_NAMESPACE, false],
      [manager, 'create secrets', DAEMON_SECRETS_NAMESPACE, true],
      [manager, 'delete secrets/copy', DAEMON_SECRETS_NAMESPACE, true],
      [manager, 'patch secrets/headstart-webhook-certs', SYSTEM_NAMESPACE, true],
      [manager, 'patch secrets/another', SYSTEM_NAMESPACE, false],
      [manager, 'patch leases/headstart-manager', SYSTEM_NAMESPACE, true],
      [manager, 'patch leases/another', SYSTEM_NAMESPACE, false],
      [manager, 'patch nodeimages/node-1', '', true],
      [manager, 'patch nodeimages/node-1 --subresource=status', '', false],
      [manager, 'patch clonesets/web', 'default', false],
      [manager, 'patch mutatingwebhookconfigurations/headstart-mutating', '', true],
      [manager, 'patch mutatingwebhookconfigurations/another', '', false],
      [manager, 'create pods', 'default', false],
      [daemon, 'watch nodeimages', '', true],
      [daemon, 'patch nodeimages/node-1', '', false],
      [daemon, 'patch nodeimages/node-1 --subresource=status', '', true],
      [daemon, 'get secrets/copy', DAEMON_SECRETS_NAMESPACE, true],
      [daemon, 'list secrets', DAEMON_SECRETS_NAMESPACE, false],
      [daemon, 'get secrets/registry', 'default', false],
      [daemon, 'get pods', 'default', false],
    ];
  for (const [who, what, namespace, may] of rights) {
    const where = namespace === '' ? 'the cluster' : namespace;
    it(`${may ? 'lets' : 'does not let'} ${who.split(':').at(-1)} ${what} in ${where}`, async () => {
      const { stdout } = await controlPlane.kubectl(
        'auth',
        'can-i',
        ...what.split(' '),
        `--as=${who}`,
        ...(namespace === '' ? [] : ['-n', namespace]),
      );
      assert.equal(stdout.trim(), may ? 'yes' : 'no');
    });
  }
});
