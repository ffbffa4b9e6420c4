import assert from 'node:assert/strict';
import {
  ANNOTATION_IMAGE_CHANGE,
  ANNOTATION_PARALLELISM,
  ANNOTATION_PREDOWNLOAD,
  SYSTEM_NAMESPACE,
} from '../../api/names.ts';
import { apiServerCounter, FAIL_OPEN } from './api-server-counter.ts';
import type { CrdServer } from './crd-server.ts';
import { provideWebhooks } from './webhook-suite.ts';
import type { Webhooks } from './webhooks-in-process.ts';

interface StoredWorkload {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly generation: number;
  };
  readonly spec: unknown;
}

const template = (image: string): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
});

const workload = (kind: string, name: string, spec: object = {}, version = 'v1beta1'): object => ({
  apiVersion: `apps.kruise.io/${version}`,
  kind,
  metadata: { name },
  spec: {
    ...(kind === 'DaemonSet' ? {} : { replicas: 5 }),
    selector: { matchLabels: { app: 'web' } },
    template: template('nginx:1'),
    ...spec,
  },
});

const withImage = (image: string): object => ({ spec: { template: template(image) } });

describe('webhooks of workloads on kube-apiserver', () => {
  let server: CrdServer;
  let webhooks: Webhooks;
  let leftOut: number;

  provideWebhooks(suite => {
    ({ server, webhooks, leftOut } = suite);
  });

  const patch = async (
    what: readonly string[],
    body: object,
    ...args: string[]
  ): Promise<string> => {
    const { stderr, code } = await server.controlPlane.kubectl(
      'patch',
      ...what,
      '--type=merge',
      '-p',
      JSON.stringify(body),
      ...args,
    );
    assert.equal(code, 0, stderr);
    return stderr;
  };

  for (const [plural, kind] of [
    ['clonesets.apps.kruise.io', 'CloneSet'],
    ['statefulsets.apps.kruise.io', 'StatefulSet'],
    ['daemonsets.apps.kruise.io', 'DaemonSet'],
  ] as const) {
    describe(`of a ${kind}`, () => {
      const what = [plural, 'web'];
      const mark = async (): Promise<string | undefined> =>
        (await server.get<StoredWorkload>(...what)).metadata.annotations?.[ANNOTATION_IMAGE_CHANGE];

      before(() => server.create(workload(kind, 'web')));

      it('leave no trace of a dry run, but give the advice', async () => {
        webhooks.advice.lines = ['will warm 3 nodes, 1 at a time'];
        const stderr = await patch(what, withImage('nginx:2'), '--dry-run=server');
        assert.match(stderr, /Warning: will warm 3 nodes, 1 at a time/);
        assert.equal(await mark(), undefined);
      });

      it('mark a patched image and take the mark away when it goes back', async () => {
        const before = await server.get<StoredWorkload>(...what);
        webhooks.advice.lines = ['will warm 3 nodes, 1 at a time'];
        const stderr = await patch(what, withImage('nginx:2'));
        assert.match(stderr, /Warning: will warm 3 nodes, 1 at a time/);
        const after = await server.get<StoredWorkload>(...what);
        const web = { from: 'nginx:1', to: 'nginx:2' };
        assert.deepEqual(JSON.parse((await mark()) ?? ''), { web });
        assert.equal(after.metadata.generation, before.metadata.generation + 1);
        await patch(what, withImage('nginx:1'));
        assert.equal(await mark(), undefined);
        assert.deepEqual((await server.get<StoredWorkload>(...what)).spec, before.spec);
      });

      it('deny a bad annotation by its name', async () => {
        const annotations = { [ANNOTATION_PARALLELISM]: 'abc' };
        const { code, stderr } = await server.controlPlane.kubectl(
          'annotate',
          ...what,
          ...Object.entries(annotations).map(([key, value]) => `${key}=${value}`),
        );
        assert.equal(code, 1);
        assert.ok(stderr.includes(ANNOTATION_PARALLELISM), stderr);
      });
    });
  }

  it('are called for the changes of a workload that matter and for no others, and no condition fails', async () => {
    const errors = await conditionErrors();
    const what = ['clonesets.apps.kruise.io', 'matched'];
    const of = ['clonesets.apps.kruise.io', 'older'];
    const called = async (change: () => Promise<unknown>): Promise<string[]> => {
      webhooks.answers();
      await change();
      return webhooks.answers().map(answer => answer.replace(/\.headstart.*/, ''));
    };
    const rollingUpdate = { podUpdatePolicy: 'InPlaceIfPossible' };
    const copied = {
      ...workload('CloneSet', 'copied'),
      metadata: { name: 'copied', annotations: { [ANNOTATION_IMAGE_CHANGE]: '{}' } },
    };
    const table: [change: () => Promise<unknown>, webhooks: string[]][] = [
      [() => server.create(workload('CloneSet', 'matched')), ['validate.cloneset']],
      [() => server.create(workload('CloneSet', 'older', {}, 'v1alpha1')), ['validate.cloneset']],
      [() => server.create(copied), ['mutate.cloneset', 'validate.cloneset']],
      [() => server.create(workload('StatefulSet', 'matched')), ['validate.statefulset']],
      [() => patch(what, { spec: { replicas: 7 } }), []],
      [() => patch(what, { metadata: { labels: { a: 'b' } } }), []],
      [() => patch(what, { metadata: { annotations: { 'some/thing': 'x' } } }), []],
      [() => patch(what, { metadata: { annotations: null } }), []],
      [() => server.patchStatus(what, { replicas: 3 }), []],
      [() => server.kubectl(['scale', ...what, '--replicas=4']), []],
      [() => patch(what, withImage('nginx:2')), ['mutate.cloneset']],
      [
        () => patch(what, { metadata: { annotations: { [ANNOTATION_IMAGE_CHANGE]: null } } }),
        ['mutate.cloneset'],
      ],
      [
        () => patch(what, { metadata: { annotations: { [ANNOTATION_PARALLELISM]: '2' } } }),
        ['validate.cloneset'],
      ],
      [
        () => patch(what, { metadata: { annotations: null } }),
        ['mutate.cloneset', 'validate.cloneset'],
      ],
      [
        () => patch(what, { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate } } }),
        ['validate.cloneset'],
      ],
      [() => patch(what, { spec: { updateStrategy: null } }), ['validate.cloneset']],
      [() => patch(of, withImage('nginx:2')), ['mutate.cloneset']],
      [
        () => patch(of, { spec: { updateStrategy: { type: 'InPlaceIfPossible' } } }),
        ['validate.cloneset'],
      ],
      [() => server.kubectl(['delete', ...of]), []],
    ];
    for (const [change, expected] of table) {
      assert.deepEqual(await called(change), expected, String(change));
    }
    assert.equal(await conditionErrors(), errors);
  });

  for (const [plural, kind] of [
    ['deployments.apps', 'Deployment'],
    ['statefulsets.apps', 'StatefulSet'],
    ['daemonsets.apps', 'DaemonSet'],
  ] as const) {
    it(`are called for a ${kind} of apps/v1 only while it asks, and no condition fails`, async () => {
      const errors = await conditionErrors();
      const [what, asking] = [plural, `${plural}/asking`];
      const route = (verb: string): string => `${verb}.${kind.toLowerCase()}.apps`;
      const called = async (change: () => Promise<unknown>): Promise<string[]> => {
        webhooks.answers();
        await change();
        return webhooks.answers().map(answer => answer.replace(/\.headstart.*/, ''));
      };
      const annotated = (value: string | null): object => ({
        metadata: { annotations: { [ANNOTATION_PREDOWNLOAD]: value } },
      });
      const builtIn = (name: string, more: object): object => ({
        ...workload(kind, name),
        apiVersion: 'apps/v1',
        metadata: { name, ...more },
      });
      const always = { annotations: { [ANNOTATION_PREDOWNLOAD]: 'always' } };
      const table: [change: () => Promise<unknown>, webhooks: string[]][] = [
        [() => server.create(builtIn('plain', {})), []],
        [() => patch([what, 'plain'], withImage('nginx:2')), []],
        [() => server.create(builtIn('asking', always)), [route('validate')]],
        [() => patch([asking], withImage('nginx:2')), [route('mutate')]],
        [() => patch([asking], { metadata: { labels: { a: 'b' } } }), []],
        [() => patch([asking], annotated('never')), [route('validate')]],
        [() => patch([asking], withImage('nginx:3')), []],
        [() => patch([asking], annotated(null)), []],
        [() => patch([asking], withImage('nginx:4')), []],
      ];
      for (const [change, expected] of table) {
        assert.deepEqual(await called(change), expected, String(change));
      }
      const { kubectl } = server.controlPlane;
      const sometimes = `${ANNOTATION_PREDOWNLOAD}=sometimes`;
      const denied = await kubectl('annotate', what, 'plain', sometimes);
      assert.equal(denied.code, 1);
      assert.ok(denied.stderr.includes(ANNOTATION_PREDOWNLOAD), denied.stderr);
      assert.equal(await conditionErrors(), errors);
    });
  }

  it('leave kube-system and the namespace of Headstart alone', async () => {
    for (const namespace of ['kube-system', SYSTEM_NAMESPACE]) {
      await server.create(workload('CloneSet', 'quiet'), '-n', namespace);
      await patch(['clonesets.apps.kruise.io', 'quiet', '-n', namespace], withImage('nginx:2'));
    }
    assert.deepEqual(webhooks.answers(), []);
  });

  const conditionErrors = (): Promise<number> =>
    apiServerCounter(server, 'apiserver_admission_match_condition_evaluation_errors_total');

  describe('after all that', () => {
    it('have never been left out', async () => {
      assert.equal(await apiServerCounter(server, FAIL_OPEN), leftOut);
    });
  });
});
