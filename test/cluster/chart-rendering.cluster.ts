import assert from 'node:assert/strict';
import type { Command } from 'commander';
import { parseAllDocuments } from 'yaml';
import { daemonCommand } from '../../cli/daemon/command.ts';
import { managerCommand } from '../../cli/manager/command.ts';
import { customResourceDefinitions, OWN_CRDS } from '../../manifests/crds.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { type InstallOptions, installManifests } from '../../manifests/render.ts';
import { imagePullJob, named } from '../manifests/test-objects.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { CHART, helmOn, runHelm } from './helm.ts';
import { shippedYaml } from './shipped-manifests.ts';

const KUBERNETES = '1.34.0';

/** What `helm template` makes of values, given as arguments of Helm. */
async function template(values: readonly string[] = [], version = KUBERNETES): Promise<Manifest[]> {
  const args = ['template', 'headstart', CHART, `--kube-version=${version}`, '--no-hooks'];
  const { code, stdout, stderr } = await runHelm([...args, ...values]);
  assert.equal(code, 0, stderr);
  return parseAllDocuments(stdout).flatMap(document => (document.toJS() as Manifest | null) ?? []);
}

const set = (...values: string[]): string[] => values.flatMap(value => ['--set', value]);
const nameOf = ({ kind, metadata }: Manifest): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const byName = (manifests: readonly Manifest[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    manifests.map(manifest => [nameOf(manifest), JSON.parse(JSON.stringify(manifest)) as unknown]),
  );
const kindsIn = (manifests: readonly Manifest[]): Set<string> =>
  new Set(manifests.map(({ kind }) => kind));

describe('the Helm chart, rendered', () => {
  it('lints', async () => {
    const { code, stdout } = await runHelm(['lint', '--strict', CHART]);
    assert.equal(code, 0, stdout);
  });

  const same: readonly (readonly [what: string, values: readonly string[], InstallOptions])[] = [
    ['by default', [], {}],
    [
      'with everything that headstart manifests can do',
      set(
        'manager.image.repository=registry.example.com/headstart',
        'manager.image.tag=v7',
        'nodeIsolation=webhook',
        'daemon.credentialProvider.enable=true',
        'daemon.credentialProvider.configmap=providers',
        'daemon.credentialProvider.hostPath=/opt/providers',
        'daemon.imageFsDir=/var/lib/containerd/headstart',
      ),
      {
        image: 'registry.example.com/headstart:v7',
        nodeIsolation: 'webhook',
        credentialProvider: { configMap: 'providers', binDir: '/opt/providers' },
        imageFsDir: '/var/lib/containerd/headstart',
      },
    ],
  ];
  for (const [what, values, options] of same) {
    it(`holds the objects of install.yaml, ${what}`, async () => {
      const rendered = await template([...values, ...set('crds.keep=false')]);
      assert.deepEqual(byName(rendered), byName(installManifests(options)));
    });
  }

  const versions: readonly (readonly [version: string, isolation: string, hasCel: boolean])[] = [
    ['1.34.0', 'ValidatingAdmissionPolicy', true],
    ['1.30.0', 'ValidatingAdmissionPolicy', true],
    ['v1.28.15-gke.100', 'a webhook', true],
    ['1.27.0', 'a webhook', false],
    ['1.21.0', 'a webhook', false],
  ];
  for (const [version, isolation, hasCel] of versions) {
    it(`isolates nodes by ${isolation} and ${hasCel ? 'has' : 'leaves out'} CEL on Kubernetes ${version}`, async () => {
      const rendered = await template([], version);
      const text = JSON.stringify(rendered);
      const hasPolicy = kindsIn(rendered).has('ValidatingAdmissionPolicy');
      assert.equal(hasPolicy, isolation === 'ValidatingAdmissionPolicy');
      assert.equal(text.includes('"isolate.nodeimage.headstart"'), !hasPolicy);
      const webhooks = JSON.stringify(
        rendered.filter(({ kind }) => kind.endsWith('WebhookConfiguration')),
      );
      assert.equal(webhooks.includes('matchConditions'), hasCel);
      assert.equal(text.includes('x-kubernetes-validations'), hasCel);
    });
  }

  it('is refused by Kubernetes 1.20', async () => {
    const { stderr } = await runHelm(['template', CHART, '--kube-version=1.20.0']);
    assert.match(stderr, /requires kubeVersion: >=1\.21\.0-0 which is incompatible/);
  });

  it('refuses a value with a typo, and says which', async () => {
    const { code, stderr } = await runHelm(['template', CHART, ...set('manager.replica=3')]);
    assert.equal(code, 1);
    assert.match(stderr, /manager.*'replica' not allowed/s);
  });

  it('lives in another namespace without a trace of the usual one', async () => {
    const rendered = await template(set('installation.namespace=platform-images'));
    assert.doesNotMatch(JSON.stringify(rendered), /headstart-system/);
  });

  it('gives the programs no flag that they do not know', async () => {
    const rendered = await template(
      set(
        'featureGates=PreDownloadImageForDaemonSetUpdate=false',
        'dashboard.enabled=true',
        'externalCerts.secretName=headstart-webhook-tls',
        'manager.log.level=debug',
        'daemon.log.level=debug',
        'daemon.socketFile=containerd/containerd.sock',
        'daemon.imageFsDir=/var/lib/containerd/headstart',
        'daemon.credentialProvider.enable=true',
        'daemon.credentialProvider.hostPath=/opt/providers',
      ),
    );
    const flagsOf = (kind: string): readonly string[] => {
      const workload = rendered.find(each => each.kind === kind);
      assert.ok(workload, kind);
      const { template: podTemplate } = workload['spec'] as {
        template: { spec: { containers: readonly { args: readonly string[] }[] } };
      };
      const [, ...flags] = podTemplate.spec.containers[0]?.args ?? [];
      return flags.map(flag => flag.replace(/=.*/, ''));
    };
    const known = (command: Command): readonly string[] =>
      command.options.flatMap(({ long }) => long ?? []);
    const unknown = (kind: string, command: Command): readonly string[] =>
      flagsOf(kind).filter(flag => !known(command).includes(flag));
    assert.deepEqual(unknown('Deployment', managerCommand()), []);
    assert.deepEqual(unknown('DaemonSet', daemonCommand()), []);
    assert.equal(flagsOf('Deployment').length, 8);
    assert.equal(flagsOf('DaemonSet').length, 8);
  });

  it('leaves out the namespaces that others make', async () => {
    const inOwn = await template(['--namespace=headstart-system']);
    const namespaces = inOwn.filter(({ kind }) => kind === 'Namespace').map(nameOf);
    assert.deepEqual(namespaces, [
      'Namespace /headstart-daemon',
      'Namespace /kruise-daemon-config',
    ]);
    const off = ['installation.createNamespace=false', 'installation.createSecretsNamespace=false'];
    assert.ok(!kindsIn(await template(set(...off))).has('Namespace'));
  });

  it('has whatever is switched on, and nothing that is switched off', async () => {
    const optional = ['serviceMonitor', 'prometheusRule', 'grafanaDashboard'];
    const on = kindsIn(await template(set(...optional.map(name => `${name}.enabled=true`))));
    const off = kindsIn(
      await template(
        set(
          'networkPolicy.enabled=false',
          'manager.podDisruptionBudget.enabled=false',
          'crds.managed=false',
        ),
      ),
    );
    for (const kind of ['ServiceMonitor', 'PrometheusRule', 'ConfigMap']) assert.ok(on.has(kind));
    for (const kind of ['NetworkPolicy', 'PodDisruptionBudget', 'CustomResourceDefinition']) {
      assert.ok(on.has(kind), kind);
      assert.ok(!off.has(kind), kind);
    }
  });
});

describe('the Helm chart, where objects of its names are there already', () => {
  const crds = OWN_CRDS.map(plural => `crd/${plural}.apps.kruise.io`);
  let controlPlane: ControlPlane;
  let helm: (...args: string[]) => Promise<string>;
  // One for each test: nothing here ends a namespace.
  beforeEach(async () => {
    controlPlane = await startControlPlane();
    helm = helmOn(controlPlane);
  });
  afterEach(() => controlPlane.stop());

  const install = (...args: string[]): Promise<string> =>
    helm('install', 'headstart', CHART, ...args);
  const applyWithJob = async (manifests: string | object): Promise<void> => {
    await controlPlane.apply(manifests);
    await controlPlane.mustKubectl(['wait', '--for=condition=Established', ...crds]);
    await controlPlane.apply(named('kept', imagePullJob({})));
  };

  it('takes over what kubectl apply made, on request only, and leaves the definitions when it goes', async () => {
    await applyWithJob(await shippedYaml());
    await assert.rejects(install(), /invalid ownership metadata/);
    await install('--take-ownership');
    // Nobody runs the Job of the hook here.
    await helm('uninstall', 'headstart', '--no-hooks');
    await controlPlane.mustKubectl(['get', 'imagepulljob/kept', ...crds]);
  });

  it("takes over the definitions of OpenKruise's release, on request only, and again after its upgrade", async () => {
    const items = customResourceDefinitions(OWN_CRDS).map(ofOpenKruise);
    const namespace = ofOpenKruise({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kruise-daemon-config' },
    });
    await applyWithJob({ apiVersion: 'v1', kind: 'List', items: [...items, namespace] });
    await assert.rejects(install(), /must equal "headstart": current value is "kruise"/);
    await install('--take-ownership', ...set('installation.createSecretsNamespace=false'));
    const releases = await controlPlane.mustKubectl([
      'get',
      'namespace/kruise-daemon-config',
      ...crds,
      '-o',
      'jsonpath={.items[*].metadata.annotations.meta\\.helm\\.sh/release-name}',
    ]);
    assert.equal(releases, 'kruise headstart headstart headstart');
    await controlPlane.mustKubectl(['get', 'imagepulljob/kept']);
    assert.equal(await firstColumn(), 'TOTAL');

    // As an upgrade of theirs does.
    await controlPlane.apply({ apiVersion: 'v1', kind: 'List', items });
    assert.equal(await firstColumn(), '');
    await helm('upgrade', 'headstart', CHART, '--reset-then-reuse-values');
    assert.equal(await firstColumn(), 'TOTAL');
  });

  function firstColumn(): Promise<string> {
    const path = 'jsonpath={.spec.versions[0].additionalPrinterColumns[0].name}';
    return controlPlane.mustKubectl(['get', `crd/${OWN_CRDS[0]}.apps.kruise.io`, '-o', path]);
  }
});

/** As Helm leaves an object of OpenKruise's chart, whose definitions have fewer columns. */
function ofOpenKruise(manifest: Manifest): object {
  const annotations = {
    'meta.helm.sh/release-name': 'kruise',
    'meta.helm.sh/release-namespace': 'default',
  };
  const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
  const older = JSON.stringify(manifest, (key, value: unknown) =>
    key === 'additionalPrinterColumns' ? [] : value,
  );
  return {
    ...(JSON.parse(older) as object),
    metadata: { name: manifest.metadata.name, annotations, labels },
  };
}
