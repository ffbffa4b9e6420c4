import assert from 'node:assert/strict';
import { admissionWorld, create } from './admission-world.ts';
import { APPLY, call, MERGE } from './call.ts';
import { configuration, patching, startHookServer } from './hook-server.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { startTestServer } from './test-server.ts';

const setLabel = (key: string, value: string): object =>
  patching({ op: 'add', path: '/metadata/labels', value: { [key]: value } });

describe('admission by the embedded API server', () => {
  it('sends a webhook the review that kube-apiserver would send', async () => {
    await using w = await admissionWorld({ '/v': () => ({}) }, hooks => [
      configuration(hooks, 'Validating', '/v'),
    ]);
    await create(w.server, widget('w'), '?fieldManager=me');
    const [{ request } = { request: undefined }] = w.hooks.asked;
    assert(request?.object);
    const { uid, object, ...rest } = request;
    assert.match(uid, /^[0-9a-f-]{36}$/);
    assert.equal((object['metadata'] as { namespace: string }).namespace, 'default');
    assert.deepEqual(object['spec'] as object, { size: 1, color: 'red', replicas: 1 });
    assert.deepEqual(rest, {
      kind: { group: 'example.com', version: 'v1', kind: 'Widget' },
      resource: { group: 'example.com', version: 'v1', resource: 'widgets' },
      requestKind: { group: 'example.com', version: 'v1', kind: 'Widget' },
      requestResource: { group: 'example.com', version: 'v1', resource: 'widgets' },
      name: 'w',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: {
        username: 'kubernetes-admin',
        groups: ['system:masters', 'system:authenticated'],
      },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
    });
  });

  it('shows old and new object of every kind of write', async () => {
    await using w = await admissionWorld({ '/v': () => ({}) }, hooks => [
      configuration(hooks, 'Validating', '/v'),
    ]);
    await create(w.server);
    const path = `${WIDGETS}/w`;
    const apply = { body: { ...widget('w'), metadata: {} }, type: APPLY };
    await call(w.server, `PATCH ${path}`, { body: { spec: { size: 2 } }, type: MERGE });
    await call(w.server, `PATCH ${path}?fieldManager=me&force=1`, apply);
    await call(w.server, `PATCH ${path}/status`, {
      body: { status: { message: 'm' } },
      type: MERGE,
    });
    await call(w.server, `PATCH ${path}/scale`, { body: { spec: { replicas: 2 } }, type: MERGE });
    await call(w.server, `DELETE ${path}`);
    const told = w.hooks.asked.map(({ request }) => {
      const { operation, object, oldObject, subResource = '' } = request;
      return [operation, subResource, object?.['kind'] ?? null, oldObject?.['kind'] ?? null];
    });
    assert.deepEqual(told, [
      ['CREATE', '', 'Widget', null],
      ['UPDATE', '', 'Widget', 'Widget'],
      ['UPDATE', '', 'Widget', 'Widget'],
      ['UPDATE', 'status', 'Widget', 'Widget'],
      ['UPDATE', 'scale', 'Scale', 'Scale'],
      ['DELETE', '', null, 'Widget'],
    ]);
  });

  it('takes patches, one webhook after the other, and prunes, completes and checks what comes out', async () => {
    await using w = await admissionWorld(
      {
        '/a': () =>
          patching(
            { op: 'add', path: '/spec/map', value: { a: '1' } },
            { op: 'add', path: '/spec/nope', value: 1 },
          ),
        '/b': () =>
          patching(
            { op: 'add', path: '/spec/map/b', value: '2' },
            { op: 'remove', path: '/spec/color' },
          ),
        '/v': () => ({}),
      },
      hooks => [
        configuration(hooks, 'Mutating', '/a'),
        configuration(hooks, 'Mutating', '/b'),
        configuration(hooks, 'Validating', '/v'),
      ],
    );
    const { json, warnings } = await create(w.server);
    const spec = { size: 1, replicas: 1, color: 'red', map: { a: '1', b: '2' } };
    assert.deepEqual(json['spec'], spec);
    assert.deepEqual(warnings, []);
    const validated = w.hooks.asked.find(({ path }) => path === '/v')?.request.object;
    assert.deepEqual(validated?.['spec'], spec);
  });

  it('refuses what a webhook made invalid', async () => {
    await using w = await admissionWorld(
      { '/a': () => patching({ op: 'replace', path: '/spec/size', value: 99 }) },
      hooks => [configuration(hooks, 'Mutating', '/a')],
    );
    assert.equal((await create(w.server)).status, 422);
  });

  it('asks a webhook again when a later one changed the object, if it wants that', async () => {
    await using w = await admissionWorld(
      { '/a': () => ({}), '/b': () => setLabel('b', '1') },
      hooks => [
        configuration(hooks, 'Mutating', '/a', { reinvocationPolicy: 'IfNeeded' }),
        configuration(hooks, 'Mutating', '/b'),
      ],
    );
    await create(w.server);
    assert.deepEqual(
      w.hooks.asked.map(({ path }) => path),
      ['/a', '/b', '/a'],
    );
  });

  it('passes warnings on', async () => {
    await using w = await admissionWorld(
      { '/v': () => ({ warnings: ['say "hi"', 'plain', 'ünicode\n'] }) },
      hooks => [configuration(hooks, 'Validating', '/v')],
    );
    const { warnings } = await create(w.server);
    assert.deepEqual(warnings, ['299 - "say \\"hi\\""', '299 - "plain"', '299 - "?nicode?"']);
  });

  it('tells webhooks of a dry run', async () => {
    await using w = await admissionWorld({ '/v': () => ({}) }, hooks => [
      configuration(hooks, 'Validating', '/v'),
    ]);
    await create(w.server, widget('w'), '?dryRun=All');
    assert.equal(w.hooks.asked[0]?.request['dryRun'], true);
  });

  it('reaches webhooks by URL, and by a function that knows the services', async () => {
    await using hooks = await startHookServer({ '/v': () => ({}) });
    const byUrl = { clientConfig: { url: `https://${hooks.address}/v`, caBundle: hooks.caBundle } };
    await using server = await startTestServer({
      objects: [
        widgetDefinition(),
        configuration(hooks, 'Validating', '/v', byUrl),
        configuration(hooks, 'Mutating', '/v'),
      ],
      services: (service, port) =>
        service === 'default/hooks' && port === 443 ? hooks.address : undefined,
    });
    assert.equal((await create(server)).status, 201);
    assert.equal(hooks.asked.length, 2);
  });
});
