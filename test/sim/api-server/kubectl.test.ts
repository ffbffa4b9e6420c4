import assert from 'node:assert/strict';
import { customResourceDefinitions, OWN_CRDS } from '../../../manifests/crds.ts';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { call, MERGE } from './call.ts';
import { configuration, type HookServer, startHookServer } from './hook-server.ts';
import { hasKubectl, type Kubectl, kubectlFor } from './kubectl.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { startTestServer } from './test-server.ts';
import { until } from './until.ts';

const IMAGE_PULL_JOB = {
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'ImagePullJob',
  metadata: { name: 'job', namespace: 'default' },
  spec: { image: 'nginx:1', completionPolicy: { type: 'Always' } },
};
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } };
const COUNTS = { desired: 3, active: 1, succeeded: 2, failed: 0, message: 'job is running' };

/** Words of each line of a table. */
const cells = (table: string): readonly (readonly string[])[] =>
  table.split('\n').map(line => line.trim().split(/ {2,}/));

describe('kubectl on the embedded API server', function () {
  this.timeout(30_000);
  let server: ApiServer;
  let hooks: HookServer;
  let kubectl: Kubectl;

  before(async function () {
    if (!(await hasKubectl())) {
      console.log('      skipped: there is no kubectl on the PATH');
      this.skip();
    }
    hooks = await startHookServer({
      '/v': ({ object }) =>
        JSON.stringify(object).includes('forbidden')
          ? { allowed: false, status: { code: 422, message: 'spec.name: choose another' } }
          : { warnings: ['warms 3 nodes'] },
    });
    server = await startTestServer({
      objects: [
        ...customResourceDefinitions(OWN_CRDS),
        widgetDefinition(),
        NODE,
        configuration(hooks, 'Validating', '/v', {
          namespaceSelector: { matchLabels: { hooked: 'yes' } },
        }),
      ],
      services: new Map([['default/hooks', hooks.address]]),
    });
    kubectl = await kubectlFor(server);
  });
  after(async () => {
    await kubectl?.[Symbol.asyncDispose]();
    await server?.stop();
    await hooks?.[Symbol.asyncDispose]();
  });

  it('prints the columns of the documents, more of them with -o wide', async () => {
    await kubectl.out('create -f -', IMAGE_PULL_JOB);
    const path = '/apis/apps.kruise.io/v1beta1/namespaces/default/imagepulljobs/job/status';
    await call(server, `PATCH ${path}`, { body: { status: COUNTS }, type: MERGE });
    const [head, row] = cells(await kubectl.out('get imagepulljob'));
    assert.deepEqual(head, ['NAME', 'TOTAL', 'ACTIVE', 'SUCCEED', 'FAILED', 'AGE', 'MESSAGE']);
    assert.deepEqual(row?.toSpliced(5, 1), ['job', '3', '1', '2', '0', 'job is running']);
    const [wide] = cells(await kubectl.out('get imagepulljob -o wide'));
    assert(wide?.includes('IMAGE'));
  });

  it('prints what it is asked for: yaml, a path, names', async () => {
    const [yaml, path, name] = await Promise.all([
      kubectl.out('get imagepulljob job -o yaml'),
      kubectl.out('get imagepulljob job -o jsonpath={.spec.image}'),
      kubectl.out('get imagepulljobs,nodes -o name'),
    ]);
    assert.match(yaml, /^apiVersion: apps.kruise.io\/v1beta1\nkind: ImagePullJob\n/);
    assert.equal(path, 'nginx:1');
    assert.equal(name, 'imagepulljob.apps.kruise.io/job\nnode/node-1');
  });

  it('prints tables of built-in kinds', async () => {
    const [nodes, namespaces, events] = await Promise.all([
      kubectl.out('get nodes'),
      kubectl.out('get ns default'),
      kubectl.run('get events'),
    ]);
    assert.match(nodes, /^NAME +STATUS +ROLES +AGE +VERSION\nnode-1 +Unknown +<none> /);
    assert.match(namespaces, /^NAME +STATUS +AGE\ndefault +Active /);
    assert.match(events.stderr, /No resources found in default namespace/);
  });

  it('applies, applies again, and takes away what the manifest no longer says', async () => {
    const manifest = widget('applied', { size: 1, map: { a: 'b' } });
    assert.equal(await kubectl.out('apply -f -', manifest), 'widget.example.com/applied created');
    assert.equal(await kubectl.out('apply -f -', manifest), 'widget.example.com/applied unchanged');
    const changed = widget('applied', { size: 2, map: {} });
    assert.equal(await kubectl.out('apply -f -', changed), 'widget.example.com/applied configured');
    const path = '-o jsonpath={.spec}';
    assert.equal(
      await kubectl.out(`get widget applied ${path}`),
      '{"color":"red","map":{},"replicas":1,"size":2}',
    );
  });

  it('applies on the server, also what was applied from the client before', async () => {
    const apply = 'apply --server-side -f -';
    await kubectl.out('apply -f -', widget('moved', { size: 1, map: { a: 'b' } }));
    await kubectl.out(apply, widget('moved', { size: 1 }));
    const spec = await kubectl.out('get widget moved -o jsonpath={.spec}');
    assert.equal(spec, '{"color":"red","replicas":1,"size":1}');
    const conflict = await kubectl.run(
      `${apply} --field-manager=other`,
      widget('moved', { size: 2 }),
    );
    assert.match(conflict.stderr, /conflict with "kubectl": .spec.size/);
    await kubectl.out(
      `${apply} --field-manager=other --force-conflicts`,
      widget('moved', { size: 2 }),
    );
  });

  it('applies workloads by their own types', async () => {
    const containers = (...names: readonly string[]) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: names.map(name => ({ name, image: 'i:1' })) },
        },
      },
    });
    await kubectl.out('apply -f -', containers('x', 'y'));
    await kubectl.out('apply -f -', containers('x', 'z'));
    await kubectl.out('set image deployment/d x=i:2');
    const path = '-o jsonpath={.spec.template.spec.containers[*].name}/{.metadata.generation}';
    assert.equal(await kubectl.out(`get deployment d ${path}`), 'x z/3');
  });

  it('patches, labels, annotates and scales', async () => {
    await kubectl.out('create -f -', widget('changed'));
    await Promise.all([
      kubectl.out('patch widget changed --type=merge -p {"spec":{"size":4}}'),
      kubectl.out(
        'patch widget changed --type=json -p [{"op":"add","path":"/spec/name","value":"abc"}]',
      ),
      kubectl.out('label widget changed tier=web'),
      kubectl.out('annotate widget changed note=x'),
    ]);
    await kubectl.out('scale widget changed --replicas=7');
    const path =
      '-o jsonpath={.spec.size}{.spec.name}{.metadata.labels.tier}{.metadata.annotations.note}{.spec.replicas}';
    assert.equal(await kubectl.out(`get widget changed ${path}`), '4abcwebx7');
    assert.equal(await kubectl.out('get widget -l tier=web -o name'), 'widget.example.com/changed');
  });

  it('describes an object with its events', async () => {
    const { metadata } = (await call(server, 'GET /api/v1/nodes/node-1')).json as {
      metadata: { uid: string };
    };
    await kubectl.out('create -f -', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: metadata.uid },
      reason: 'Warmed',
      message: 'image is there',
      type: 'Normal',
      source: { component: 'test' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      count: 1,
    });
    const [node, job, events] = await Promise.all([
      kubectl.out('describe node node-1'),
      kubectl.out('describe imagepulljob job'),
      kubectl.out('events --for node/node-1'),
    ]);
    assert.match(node, /Warmed +.*test +image is there/);
    assert.match(job, /Kind: +ImagePullJob/);
    assert.match(events, /Normal +Warmed +Node\/node-1 +image is there/);
  });

  it('waits for conditions, values and deletions', async () => {
    await kubectl.out('create -f -', widget('awaited'));
    const waiting = Promise.all([
      kubectl.out('wait --for=condition=Complete widget/awaited --timeout=10s'),
      kubectl.out('wait --for=jsonpath={.status.message}=done widget/awaited --timeout=10s'),
    ]);
    const status = { message: 'done', conditions: [{ type: 'Complete', status: 'True' }] };
    await call(server, `PATCH ${WIDGETS}/awaited/status`, { body: { status }, type: MERGE });
    await waiting;
    const gone = kubectl.out('wait --for=delete widget/awaited --timeout=10s');
    assert.equal(
      await kubectl.out('delete widget awaited'),
      'widget.example.com "awaited" deleted',
    );
    await gone;
  });

  it('watches', async () => {
    await kubectl.out('create -f -', widget('seen', { size: 3 }));
    await using watching = kubectl.start(
      'get widgets --watch --field-selector=metadata.name=seen --no-headers',
    );
    await until(() => /^seen +3 /m.test(watching.stdout), 20_000);
    await call(server, `PATCH ${WIDGETS}/seen`, { body: { spec: { size: 8 } }, type: MERGE });
    await until(() => /^seen +8 /m.test(watching.stdout), 20_000);
  });

  it('lists what is served, explains it and says who it is', async () => {
    const [resources, explained, who, may] = await Promise.all([
      kubectl.out('api-resources --api-group=example.com --no-headers'),
      kubectl.out('explain widgets.spec.color'),
      kubectl.out('auth whoami'),
      kubectl.out('auth can-i create pods'),
    ]);
    assert.deepEqual(cells(resources)[0], ['widgets', 'wd', 'example.com/v1', 'true', 'Widget']);
    assert.match(explained, /FIELD: color <string>/);
    assert.match(who, /kubernetes-admin/);
    assert.equal(may, 'yes');
  });

  it('creates simple things by command', async () => {
    await kubectl.out('create namespace team');
    await Promise.all([
      kubectl.out('create configmap c --from-literal=a=b -n team'),
      kubectl.out(
        'create secret docker-registry s --docker-server=r --docker-username=u --docker-password=p -n team',
      ),
      kubectl.out('create serviceaccount sa -n team'),
    ]);
    const names = await kubectl.out('get configmaps,secrets,serviceaccounts -n team -o name');
    assert.equal(names, 'configmap/c\nsecret/s\nserviceaccount/sa');
    assert.equal(await kubectl.out('get cm c -n team -o jsonpath={.data.a}'), 'b');
    assert.equal(await kubectl.out('delete namespace team'), 'namespace "team" deleted');
  });

  it('shows every violation, unknown fields, denials and warnings as on a real cluster', async () => {
    const invalid = await kubectl.run('create -f -', widget('bad', { size: 11, color: 'blue' }));
    assert.equal(
      invalid.stderr.trim(),
      'The Widget "bad" is invalid: \n' +
        '* spec.color: Unsupported value: "blue": supported values: "red", "green"\n' +
        '* spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10',
    );
    const unknown = await kubectl.run('apply -f -', widget('bad', { size: 1, nope: 1 }));
    assert.match(
      unknown.stderr,
      /Error from server \(BadRequest\).*strict decoding error: unknown field "spec.nope"/,
    );
    await kubectl.out('label namespace kube-public hooked=yes');
    const inHooked = (spec: object) => widget('w', spec, { namespace: 'kube-public' });
    const denied = await kubectl.run(
      'create -f -',
      inHooked({ size: 1, name: 'forbidden'.slice(0, 5), map: { a: 'forbidden' } }),
    );
    assert.match(
      denied.stderr,
      /admission webhook "v.example.com" denied the request: spec.name: choose another/,
    );
    const warned = await kubectl.run('create -f - --dry-run=server', inHooked({ size: 1 }));
    assert.equal(warned.stdout.trim(), 'widget.example.com/w created (server dry run)');
    assert.equal(warned.stderr.trim(), 'Warning: warms 3 nodes');
  });
});
