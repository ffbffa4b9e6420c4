import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { DEFAULT_IMAGE, installManifests, renderInstall } from '../../manifests/render.ts';
import { ROUTES, WEBHOOK_POLICY } from '../../webhook/routes.ts';

const installed = installManifests({});
const ofKind = (kind: string): readonly Manifest[] => installed.filter(each => each.kind === kind);

interface PodSpec {
  readonly containers: readonly {
    readonly image: string;
    readonly args: readonly string[];
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly volumeMounts?: readonly { readonly readOnly?: boolean }[];
  }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

const only = (kind: string): Manifest => ofKind(kind)[0] ?? assert.fail(`no ${kind}`);
const templateOf = (kind: string): Template =>
  (only(kind)['spec'] as { readonly template: Template }).template;

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('install.yaml', () => {
  const committed = read('manifests/install.yaml');

  it('is what the builders render', () => {
    assert.ok(
      committed === renderInstall({}),
      'manifests/install.yaml is out of date: npm run generate',
    );
  });

  it('reads back as the same objects, without aliases', () => {
    const documents = parseAllDocuments(committed);
    const objects: unknown[] = documents.map(document => document.toJS());
    assert.deepEqual(objects, JSON.parse(JSON.stringify(installed)));
    assert.doesNotMatch(committed, /^\s*(\w+: |- )[&*]\w/m);
  });

  it('lets nothing reach the programs but the ports they serve', () => {
    const ports = (name: string): unknown => {
      const policy = ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === name);
      assert.ok(policy !== undefined, name);
      return (policy['spec'] as { ingress: readonly { ports: unknown }[] }).ingress[0]?.ports;
    };
    const tcp = (port: number) => ({ protocol: 'TCP', port });
    assert.deepEqual(ports('headstart-manager'), [tcp(9443), tcp(8080)]);
    assert.deepEqual(ports('headstart-daemon'), [tcp(10221)]);
  });

  it('names its image after the version of the package', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    assert.equal(DEFAULT_IMAGE, `headstart:${version}`);
  });

  it('takes another image for both programs', () => {
    const text = renderInstall({ image: 'registry.example.com/headstart:7' });
    assert.equal(text.match(/image: registry\.example\.com\/headstart:7$/gm)?.length, 2);
    assert.doesNotMatch(text, /headstart:0/);
  });

  it('creates namespaces before what lives in them, and webhook configurations last', () => {
    const kinds = installed.map(({ kind }) => kind);
    assert.equal(kinds.lastIndexOf('Namespace'), ofKind('Namespace').length - 1);
    assert.ok(kinds.slice(-2).every(kind => kind.endsWith('WebhookConfiguration')));
    const made = new Set(ofKind('Namespace').map(({ metadata }) => metadata.name));
    for (const { kind, metadata } of installed) {
      if (metadata.namespace !== undefined) assert.ok(made.has(metadata.namespace), kind);
    }
  });

  it('brings no definition of a workload, which would overwrite that of OpenKruise', () => {
    const names = ofKind('CustomResourceDefinition').map(({ metadata }) => metadata.name);
    assert.deepEqual(names.toSorted(), [
      'imagelistpulljobs.apps.kruise.io',
      'imagepulljobs.apps.kruise.io',
      'nodeimages.apps.kruise.io',
    ]);
  });

  it('holds no secret', () => {
    assert.deepEqual(ofKind('Secret'), []);
  });
});

describe('The pods', () => {
  const manager = templateOf('Deployment').spec;
  const daemon = templateOf('DaemonSet').spec;

  it('of the manager pass pod security restricted', () => {
    assert.equal(manager.securityContext?.['runAsNonRoot'], true);
    assert.deepEqual(manager.securityContext?.['seccompProfile'], { type: 'RuntimeDefault' });
    assert.equal(manager.volumes, undefined);
    const [container] = manager.containers;
    assert.equal(container?.securityContext['allowPrivilegeEscalation'], false);
    assert.deepEqual(container?.securityContext['capabilities'], { drop: ['ALL'] });
  });

  it('of the daemon are root without any capability, and see /run of the node read-only', () => {
    const [container] = daemon.containers;
    assert.deepEqual(container?.securityContext, {
      runAsUser: 0,
      runAsGroup: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    assert.deepEqual(daemon.volumes, [
      { name: 'run', hostPath: { path: '/run', type: 'Directory' } },
    ]);
    assert.ok(container?.volumeMounts?.every(({ readOnly }) => readOnly));
  });

  it('of the daemon run on tainted nodes, but not on virtual ones or Windows', () => {
    assert.deepEqual(daemon['tolerations'], [{ operator: 'Exists' }]);
    assert.deepEqual(daemon['nodeSelector'], { 'kubernetes.io/os': 'linux' });
    assert.match(JSON.stringify(daemon['affinity']), /"NotIn","values":\["virtual-kubelet"\]/);
  });

  it('live in namespaces that admit them', () => {
    const level = (name: string): unknown =>
      ofKind('Namespace').find(({ metadata }) => metadata.name === name)?.metadata.labels?.[
        'pod-security.kubernetes.io/enforce'
      ];
    assert.equal(level(SYSTEM_NAMESPACE), 'restricted');
    assert.equal(level(DAEMON_NAMESPACE), 'privileged');
    assert.equal(only('Deployment').metadata.namespace, SYSTEM_NAMESPACE);
    assert.equal(only('DaemonSet').metadata.namespace, DAEMON_NAMESPACE);
  });
});

describe('The webhook configurations', () => {
  interface Webhook {
    readonly name: string;
    readonly clientConfig: {
      readonly caBundle?: string;
      readonly service: { readonly name: string; readonly path: string; readonly port: number };
    };
    readonly rules: readonly object[];
    readonly matchConditions: readonly object[];
    readonly namespaceSelector?: object;
    readonly failurePolicy: string;
    readonly timeoutSeconds: number;
    readonly sideEffects: string;
    readonly reinvocationPolicy?: string;
  }
  const webhooks = installed
    .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
    .flatMap(({ kind, webhooks: entries }) =>
      (entries as readonly Webhook[]).map(webhook => ({ kind, ...webhook })),
    );

  it('hold one entry for each route, and nothing else', () => {
    assert.deepEqual(
      webhooks.map(({ kind, name }) => `${kind} ${name}`).toSorted(),
      ROUTES.map(({ type, name }) =>
        type === 'mutating'
          ? `MutatingWebhookConfiguration ${name}`
          : `ValidatingWebhookConfiguration ${name}`,
      ).toSorted(),
    );
  });

  for (const route of ROUTES) {
    it(`say of ${route.name} what its route says`, () => {
      const { clientConfig, ...webhook } =
        webhooks.find(({ name }) => name === route.name) ?? assert.fail();
      assert.equal(clientConfig.service.path, route.path);
      assert.deepEqual(webhook.rules, [
        {
          apiGroups: [route.resources.group],
          apiVersions: route.resources.versions,
          // The kind itself: no `/status` or `/scale`.
          resources: [route.resources.plural],
          operations: route.operations,
          scope: '*',
        },
      ]);
      assert.deepEqual(webhook.matchConditions, route.matchConditions);
      assert.deepEqual(
        JSON.stringify(webhook.namespaceSelector ?? '').match(/(?<=values":)\[[^\]]*\]/)?.[0],
        route.excludedNamespaces.length === 0
          ? undefined
          : JSON.stringify(route.excludedNamespaces),
      );
    });
  }

  it('never make the cluster wait or fail', () => {
    for (const { failurePolicy, timeoutSeconds, sideEffects } of webhooks) {
      assert.deepEqual([failurePolicy, timeoutSeconds, sideEffects], ['Ignore', 2, 'None']);
    }
    assert.equal(WEBHOOK_POLICY.failurePolicy, 'Ignore');
  });

  it('come unarmed, without caBundle', () => {
    assert.ok(webhooks.every(({ clientConfig }) => clientConfig.caBundle === undefined));
  });

  it('let mutating webhooks be asked again after later ones, and validating ones not', () => {
    for (const { kind, reinvocationPolicy } of webhooks) {
      const expected = kind.startsWith('Mutating') ? 'IfNeeded' : undefined;
      assert.equal(reinvocationPolicy, expected);
    }
  });

  it('call the Service that leads to the manager', () => {
    const service = ofKind('Service').find(({ metadata }) => metadata.name === 'headstart-webhook');
    assert.ok(service);
    const { selector, ports } = service['spec'] as {
      readonly selector: Readonly<Record<string, string>>;
      readonly ports: readonly { readonly port: number }[];
    };
    const { labels } = templateOf('Deployment').metadata;
    for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value);
    for (const { clientConfig } of webhooks) {
      assert.equal(clientConfig.service.name, service.metadata.name);
      assert.equal(clientConfig.service.port, ports[0]?.port);
    }
  });
});
