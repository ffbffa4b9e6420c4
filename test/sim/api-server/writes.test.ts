import assert from 'node:assert/strict';
import type { ApiObject } from '../../../sim/api-server/objects/api-object.ts';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { APPLY, type CallOptions, call, JSON_PATCH, MERGE, STRATEGIC } from './call.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { startTestServer } from './test-server.ts';

const PODS = '/api/v1/namespaces/default/pods';
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
};

describe('the embedded API server', () => {
  let server: ApiServer;
  beforeEach(async () => {
    server = await startTestServer({ objects: [widgetDefinition()] });
  });
  afterEach(() => server.stop());

  /** Sends a request that must succeed. */
  async function send(line: string, options: CallOptions = {}): Promise<ApiObject> {
    const { status, json, text } = await call(server, line, options);
    assert(status === 200 || status === 201, text);
    return json as ApiObject;
  }
  const create = (spec: object = { size: 1 }, metadata: object = {}): Promise<ApiObject> =>
    send(`POST ${WIDGETS}`, { body: widget('w', spec, metadata) });
  const merge = (body: object, path = `${WIDGETS}/w`): Promise<ApiObject> =>
    send(`PATCH ${path}`, { body, type: MERGE });

  it('completes a new object and ignores what only it may say', async () => {
    const { metadata, ...rest } = await create(
      { size: 1, items: [{ name: 'a' }] },
      { uid: 'mine', generation: 7, deletionTimestamp: '2020-01-01T00:00:00Z' },
    );
    assert.equal(metadata.namespace, 'default');
    assert.equal(metadata.generation, 1);
    assert.equal(metadata.deletionTimestamp, undefined);
    assert.match(metadata.uid ?? '', /^[0-9a-f-]{36}$/);
    assert.match(metadata.creationTimestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(rest['spec'], {
      size: 1,
      items: [{ name: 'a', value: 'x' }],
      color: 'red',
      replicas: 1,
    });
  });

  it('makes names that are free', async () => {
    const body = { ...widget('x'), metadata: { generateName: 'gen-' } };
    const made = await Promise.all([1, 2, 3].map(() => send(`POST ${WIDGETS}`, { body })));
    const names = new Set(made.map(({ metadata }) => metadata.name));
    assert.equal(names.size, 3);
    for (const name of names) assert.match(name, /^gen-[a-z0-9]{5}$/);
  });

  it('takes unknown fields away with a warning', async () => {
    const body = { ...widget('w', { size: 1, nope: 1 }), extra: 1 };
    const { json, warnings } = await call(server, `POST ${WIDGETS}`, { body });
    assert.deepEqual(warnings, [
      '299 - "unknown field \\"extra\\""',
      '299 - "unknown field \\"spec.nope\\""',
    ]);
    assert.equal('extra' in json, false);
  });

  it('takes unknown fields away without a word when asked to', async () => {
    const body = widget('w', { size: 1, nope: 1 });
    const { warnings } = await call(server, `POST ${WIDGETS}?fieldValidation=Ignore`, { body });
    assert.deepEqual(warnings, []);
  });

  it('counts a generation for each change of the spec, and none for metadata and status', async () => {
    await create();
    assert.equal((await merge({ metadata: { labels: { a: 'b' } } })).metadata.generation, 1);
    assert.equal(
      (await merge({ status: { message: 'm' } }, `${WIDGETS}/w/status`)).metadata.generation,
      1,
    );
    assert.equal((await merge({ spec: { size: 2 } })).metadata.generation, 2);
  });

  it('writes status and the rest through their own endpoints only', async () => {
    await create();
    const ofSpec = await merge({ spec: { size: 2 }, status: { message: 'no' } });
    assert.equal(ofSpec['status'], undefined);
    const change = {
      spec: { size: 3 },
      metadata: { labels: { a: 'b' } },
      status: { message: 'yes' },
    };
    const ofStatus = await merge(change, `${WIDGETS}/w/status`);
    assert.deepEqual(ofStatus['status'], { message: 'yes' });
    assert.equal(ofStatus.metadata.labels, undefined);
    assert.equal((ofStatus['spec'] as { size: number }).size, 2);
  });

  it('does not store a change that changes nothing', async () => {
    const { metadata } = await create();
    const again = await merge({ spec: { size: 1 } });
    assert.equal(again.metadata.resourceVersion, metadata.resourceVersion);
  });

  it('replaces an object that was read before', async () => {
    const made = await create();
    const body = { ...made, spec: { size: 5 } };
    const replaced = await send(`PUT ${WIDGETS}/w`, { body });
    assert.deepEqual(replaced['spec'], { size: 5, color: 'red', replicas: 1 });
    assert.equal((await call(server, `PUT ${WIDGETS}/w`, { body })).status, 409);
  });

  it('makes every one of many patches at once', async () => {
    await create();
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    await Promise.all(keys.map(key => merge({ metadata: { labels: { [key]: 'x' } } })));
    const { metadata } = await send(`GET ${WIDGETS}/w`);
    assert.equal(Object.keys(metadata.labels ?? {}).length, 20);
  });

  it('answers a dry run as if it were real and keeps nothing of it', async () => {
    const dry = await send(`POST ${WIDGETS}?dryRun=All`, { body: widget('w') });
    assert.equal((dry['spec'] as { color: string }).color, 'red');
    assert.equal((await call(server, `GET ${WIDGETS}/w`)).status, 404);
    await create();
    const patched = await merge({ spec: { size: 9 } }, `${WIDGETS}/w?dryRun=All`);
    assert.equal((patched['spec'] as { size: number }).size, 9);
    await send(`DELETE ${WIDGETS}/w?dryRun=All`);
    const kept = await send(`GET ${WIDGETS}/w`);
    assert.equal((kept['spec'] as { size: number }).size, 1);
  });

  it('serves every version of a kind from one stored object', async () => {
    const made = await create();
    const path = `${WIDGETS.replace('/v1/', '/v1alpha1/')}/w`;
    const alpha = await send(`GET ${path}`);
    assert.equal(alpha.apiVersion, 'example.com/v1alpha1');
    assert.equal(alpha.metadata.uid, made.metadata.uid);
    await merge({ spec: { size: 4 } }, path);
    assert.equal(((await send(`GET ${WIDGETS}/w`))['spec'] as { size: number }).size, 4);
  });

  it('scales by the paths of the definition', async () => {
    await create();
    await merge({ status: { replicas: 2 } }, `${WIDGETS}/w/status`);
    const scale = await send(`GET ${WIDGETS}/w/scale`);
    assert.deepEqual([scale['spec'], scale['status']], [{ replicas: 1 }, { replicas: 2 }]);
    await merge({ spec: { replicas: 5 } }, `${WIDGETS}/w/scale`);
    await send(`PUT ${WIDGETS}/w/scale`, {
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'w' },
        spec: { replicas: 6 },
      },
    });
    const { metadata, ...rest } = await send(`GET ${WIDGETS}/w`);
    assert.equal((rest['spec'] as { replicas: number }).replicas, 6);
    assert.equal(metadata.generation, 3);
  });

  it('applies a configuration, completes it, and claims no default for it', async () => {
    const apply = (fields: object) =>
      send(`PATCH ${WIDGETS}/w?fieldManager=me`, {
        body: { apiVersion: 'example.com/v1', kind: 'Widget', ...fields },
        type: APPLY,
      });
    const made = await apply({ spec: { size: 1, map: { a: 'b' } } });
    assert.equal((made['spec'] as { color: string }).color, 'red');
    assert.deepEqual(made.metadata.managedFields?.[0]?.fieldsV1, {
      'f:spec': { 'f:map': { 'f:a': {} }, 'f:size': {} },
    });
    const { metadata } = await apply({ spec: { size: 1, map: { a: 'b' } } });
    assert.equal(metadata.resourceVersion, made.metadata.resourceVersion);
    assert.deepEqual((await apply({ spec: { size: 1 } }))['spec'], {
      size: 1,
      color: 'red',
      replicas: 1,
    });
  });

  it('holds an object until its finalizers are gone, and lets nobody add one then', async () => {
    await create({ size: 1 }, { finalizers: ['example.com/a'] });
    const marked = await send(`DELETE ${WIDGETS}/w`);
    assert.notEqual(marked.metadata.deletionTimestamp, undefined);
    assert.equal(marked.metadata.deletionGracePeriodSeconds, 0);
    assert.equal(marked.metadata.generation, 2);
    const body = { metadata: { finalizers: ['example.com/a', 'example.com/b'] } };
    const refused = await call(server, `PATCH ${WIDGETS}/w`, { body, type: MERGE });
    assert.equal(refused.status, 422);
    assert.match(
      String(refused.json['message']),
      /no new finalizers can be added if the object is being deleted/,
    );
    await merge({ metadata: { finalizers: null } });
    assert.equal((await call(server, `GET ${WIDGETS}/w`)).status, 404);
  });

  it('deletes what a selector matches', async () => {
    for (const [name, l] of [
      ['a', 'x'],
      ['b', 'x'],
      ['c', 'y'],
    ] as const) {
      await send(`POST ${WIDGETS}`, { body: widget(name, { size: 1 }, { labels: { l } }) });
    }
    await send(`DELETE ${WIDGETS}?labelSelector=l%3Dx`);
    const { items } = (await call(server, `GET ${WIDGETS}`)).json;
    assert.deepEqual(
      (items as ApiObject[]).map(({ metadata }) => metadata.name),
      ['c'],
    );
  });

  it('gives a pod on a node its grace period, and ends it when its kubelet says so', async () => {
    await send(`POST ${PODS}`, { body: POD });
    const marked = await send(`DELETE ${PODS}/p`);
    assert.equal(marked.metadata.deletionGracePeriodSeconds, 30);
    assert.equal((await call(server, `GET ${PODS}/p`)).status, 200);
    await send(`DELETE ${PODS}/p?gracePeriodSeconds=0`);
    assert.equal((await call(server, `GET ${PODS}/p`)).status, 404);
  });

  it('deletes a pod without a node, and one that has ended, at once', async () => {
    await send(`POST ${PODS}`, { body: { ...POD, spec: { containers: [] } } });
    await send(`DELETE ${PODS}/p`);
    assert.equal((await call(server, `GET ${PODS}/p`)).status, 404);
    await send(`POST ${PODS}`, { body: POD });
    await send(`PATCH ${PODS}/p/status`, {
      body: { status: { phase: 'Succeeded' } },
      type: STRATEGIC,
    });
    await send(`DELETE ${PODS}/p`);
    assert.equal((await call(server, `GET ${PODS}/p`)).status, 404);
  });

  it('encodes what a Secret says in plain text', async () => {
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { a: 'b' },
    };
    const secret = await send('POST /api/v1/namespaces/default/secrets', { body });
    assert.deepEqual(secret['data'], { a: 'Yg==' });
    assert.equal(secret['type'], 'Opaque');
    assert.equal(secret['stringData'], undefined);
  });

  it('makes a Lease by PUT', async () => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l';
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } };
    assert.equal((await call(server, `PUT ${path}`, { body })).status, 201);
    assert.equal((await call(server, `PUT ${path}`, { body })).status, 200);
  });

  it('lets a Node bring its status and label itself through it', async () => {
    const ready = [{ type: 'Ready', status: 'True' }];
    const body = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n' },
      status: { conditions: ready },
    };
    const node = await send('POST /api/v1/nodes', { body });
    assert.deepEqual(node['status'], { conditions: ready });
    const change = {
      metadata: { labels: { a: 'b' } },
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    };
    const patched = await send('PATCH /api/v1/nodes/n/status', { body: change, type: STRATEGIC });
    assert.deepEqual(patched['status'], { conditions: [{ type: 'Ready', status: 'False' }] });
    assert.deepEqual(patched.metadata.labels, { a: 'b' });
  });

  it('leaves kind and version out of the items of built-in lists, and in those of custom ones', async () => {
    await create();
    const kindsIn = async (path: string) =>
      ((await call(server, `GET ${path}`)).json['items'] as { kind?: string }[]).map(o => o.kind);
    assert.deepEqual([...new Set(await kindsIn('/api/v1/namespaces'))], [undefined]);
    assert.deepEqual(await kindsIn(WIDGETS), ['Widget']);
  });

  it('guards a JSON patch by the resource version in it', async () => {
    const { metadata } = await create();
    const guard = {
      op: 'replace',
      path: '/metadata/resourceVersion',
      value: metadata.resourceVersion,
    };
    const body = [guard, { op: 'replace', path: '/spec/size', value: 2 }];
    await send(`PATCH ${WIDGETS}/w`, { body, type: JSON_PATCH });
    assert.equal(
      (await call(server, `PATCH ${WIDGETS}/w`, { body, type: JSON_PATCH })).status,
      409,
    );
  });
});
