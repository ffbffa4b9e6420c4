import assert from 'node:assert/strict';
import type { ApiObject } from '../../../sim/api-server/objects/api-object.ts';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { type CallOptions, call, MERGE } from './call.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { openWatch } from './open-watch.ts';
import { startTestServer } from './test-server.ts';
import { until } from './until.ts';

describe('objects that belong together', () => {
  let server: ApiServer;
  beforeEach(async () => {
    server = await startTestServer({ objects: [widgetDefinition()] });
  });
  afterEach(() => server.stop());

  async function send(line: string, options: CallOptions = {}): Promise<ApiObject> {
    const { status, json, text } = await call(server, line, options);
    assert(status === 200 || status === 201, text);
    return json as ApiObject;
  }
  const exists = async (path: string): Promise<boolean> =>
    (await call(server, `GET ${path}`)).status === 200;
  const make = (name: string, metadata: object = {}): Promise<ApiObject> =>
    send(`POST ${WIDGETS}`, { body: widget(name, { size: 1 }, metadata) });
  const ownedBy = (owners: readonly ApiObject[], rest: object = {}): object => ({
    ownerReferences: owners.map(({ apiVersion, kind, metadata: { name, uid } }) => ({
      apiVersion,
      kind,
      name,
      uid,
      ...rest,
    })),
  });

  /** Runs `act` and waits until exactly these Widgets are left. */
  async function leaves(expected: readonly string[], act: () => Promise<unknown>): Promise<void> {
    const left = new Set<string>();
    await using watch = await openWatch(server, `${WIDGETS}?watch=true`);
    let read = 0;
    await act();
    await until(() => {
      for (const { type, object } of watch.events.slice(read)) {
        if (type === 'DELETED') left.delete(object.metadata.name);
        else left.add(object.metadata.name);
        read++;
      }
      return left.size === expected.length && expected.every(name => left.has(name));
    });
  }

  describe('owners', () => {
    it('take their dependents with them, and theirs', async () => {
      const owner = await make('owner');
      const child = await make('child', ownedBy([owner]));
      await make('grandchild', ownedBy([child]));
      await make('other');
      await leaves(['other'], () => send(`DELETE ${WIDGETS}/owner`));
    });

    it('leave alone what somebody else owns too, but for the reference', async () => {
      const [a, b] = [await make('a'), await make('b')];
      await make('child', ownedBy([a, b]));
      await leaves(['b', 'child'], () => send(`DELETE ${WIDGETS}/a`));
      await using watch = await openWatch(server, `${WIDGETS}/child?watch=true`);
      await until(() => watch.events.at(-1)?.object.metadata.ownerReferences?.length === 1);
      assert.equal(watch.events.at(-1)?.object.metadata.ownerReferences?.[0]?.uid, b.metadata.uid);
    });

    it('wait for their dependents when deleted in the foreground', async () => {
      const owner = await make('owner');
      const references = ownedBy([owner], { blockOwnerDeletion: true });
      await make('child', { ...references, finalizers: ['example.com/hold'] });
      const body = { propagationPolicy: 'Foreground' };
      const marked = await send(`DELETE ${WIDGETS}/owner`, { body });
      assert.deepEqual(marked.metadata.finalizers, ['foregroundDeletion']);
      await using watch = await openWatch(server, `${WIDGETS}/child?watch=true`);
      await until(() => watch.events.at(-1)?.object.metadata.deletionTimestamp !== undefined);
      assert(await exists(`${WIDGETS}/owner`));
      const release = { body: { metadata: { finalizers: null } }, type: MERGE };
      await leaves([], () => send(`PATCH ${WIDGETS}/child`, release));
    });

    it('go at once in the foreground when nothing blocks them', async () => {
      const owner = await make('owner');
      await make('child', ownedBy([owner]));
      const body = { propagationPolicy: 'Foreground' };
      await leaves([], () => send(`DELETE ${WIDGETS}/owner`, { body }));
    });

    it('leave orphans behind when told to', async () => {
      const owner = await make('owner');
      await make('child', ownedBy([owner]));
      const body = { propagationPolicy: 'Orphan' };
      await leaves(['child'], () => send(`DELETE ${WIDGETS}/owner`, { body }));
      const child = await send(`GET ${WIDGETS}/child`);
      assert.equal(child.metadata.ownerReferences, undefined);
    });

    it('that never were take their dependents with them too', async () => {
      const gone = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'gone' } };
      await leaves([], () => make('child', ownedBy([gone])));
    });
  });

  describe('namespaces', () => {
    const inside = WIDGETS.replace('/default/', '/team/');
    beforeEach(() =>
      send('POST /api/v1/namespaces', {
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } },
      }),
    );

    it('are active, carry their name as a label, and go at once when empty', async () => {
      const { metadata, ...rest } = await send('GET /api/v1/namespaces/team');
      assert.deepEqual(rest['status'], { phase: 'Active' });
      assert.deepEqual(metadata.labels, { 'kubernetes.io/metadata.name': 'team' });
      await using watch = await openWatch(server, '/api/v1/namespaces/team?watch=true');
      await send('DELETE /api/v1/namespaces/team');
      await until(() => watch.told.includes('DELETED team'));
    });

    it('go when everything in them has gone, and take in nothing new meanwhile', async () => {
      const held = widget('held', { size: 1 }, { finalizers: ['example.com/hold'] });
      await send(`POST ${inside}`, { body: held });
      await send(`POST ${inside}`, { body: widget('free') });
      await using watch = await openWatch(server, '/api/v1/namespaces/team?watch=true');
      await using widgets = await openWatch(server, `${inside}?watch=true`);
      const marked = await send('DELETE /api/v1/namespaces/team');
      assert.deepEqual(marked['status'], { phase: 'Terminating' });
      await until(() => widgets.told.includes('DELETED free'));
      const refused = await call(server, `POST ${inside}`, { body: widget('late') });
      assert.equal(refused.status, 403);
      assert.match(String(refused.json['message']), /because it is being terminated/);
      const release = { body: { metadata: { finalizers: null } }, type: MERGE };
      await send(`PATCH ${inside}/held`, release);
      await until(() => watch.told.includes('DELETED team'));
    });
  });

  describe('definitions', () => {
    const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

    it('are established at once', async () => {
      const { metadata, ...rest } = await send(`GET ${DEFINITIONS}/widgets.example.com`);
      const { conditions, storedVersions } = rest['status'] as {
        conditions: { type: string; status: string }[];
        storedVersions: string[];
      };
      assert.deepEqual(
        conditions.map(({ type, status }) => `${type} ${status}`),
        ['NamesAccepted True', 'Established True'],
      );
      assert.deepEqual(storedVersions, ['v1']);
      assert.equal(metadata.generation, 1);
    });

    it('take their objects with them', async () => {
      await make('a');
      await using watch = await openWatch(server, `${WIDGETS}?watch=true`);
      await send(`DELETE ${DEFINITIONS}/widgets.example.com`);
      await until(() => watch.told.includes('DELETED a'));
      assert.equal((await call(server, `GET ${WIDGETS}`)).status, 404);
      await send(`POST ${DEFINITIONS}`, { body: widgetDefinition() });
      assert.deepEqual((await send(`GET ${WIDGETS}`))['items'], []);
    });

    it('change what is served when they change', async () => {
      const path = `${DEFINITIONS}/widgets.example.com`;
      const body = [{ op: 'replace', path: '/spec/versions/0/served', value: false }];
      await send(`PATCH ${path}`, { body, type: 'application/json-patch+json' });
      assert.equal(await exists('/apis/example.com/v1alpha1'), false);
      assert(await exists('/apis/example.com/v1'));
    });

    const spec = widgetDefinition()['spec'] as Record<string, unknown>;
    const [version] = spec['versions'] as Record<string, unknown>[];
    const schema = (root: object): object => ({
      versions: [{ ...version, storage: true, schema: { openAPIV3Schema: root } }],
    });
    const broken: readonly (readonly [string, object, RegExp])[] = [
      [
        'another name',
        { group: 'other.com' },
        /metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural\+"."\+spec.group/,
      ],
      ['no group', { group: undefined }, /spec.group: Required value/],
      ['no kind', { names: { plural: 'widgets' } }, /spec.names.kind: Required value/],
      ['an unknown scope', { scope: 'Galaxy' }, /spec.scope: Unsupported value: "Galaxy"/],
      [
        'no stored version',
        { versions: [{ ...version, storage: false }] },
        /exactly one version marked as storage version/,
      ],
      [
        'no schema',
        { versions: [{ ...version, storage: true, schema: undefined }] },
        /openAPIV3Schema: Required value: schemas are required/,
      ],
      [
        'a schema of no object',
        schema({ type: 'string' }),
        /openAPIV3Schema.type: Required value: must be object/,
      ],
      [
        'a pattern that is none',
        schema({ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }),
        /Invalid regular expression/,
      ],
      [
        'conversion by webhook',
        { conversion: { strategy: 'Webhook' } },
        /spec.conversion.strategy: Unsupported value: "Webhook"/,
      ],
    ];
    for (const [name, changes, message] of broken) {
      it(`are refused with ${name}`, async () => {
        const body = { ...widgetDefinition(), spec: { ...spec, ...changes } };
        const { status, json } = await call(server, `POST ${DEFINITIONS}?dryRun=All`, { body });
        assert.equal(status, 422);
        assert.match(String(json['message']), message);
      });
    }
  });
});

describe('startApiServer', () => {
  it('refuses initial objects of a kind that it does not serve', async () => {
    await assert.rejects(startTestServer({ objects: [widget('a')] }), { code: 'CONFIG_INVALID' });
  });

  it('stores initial objects in their namespace or in default', async () => {
    const objects = [
      widgetDefinition(),
      widget('a'),
      widget('b', { size: 1 }, { namespace: 'kube-system' }),
    ];
    await using server = await startTestServer({ objects });
    const { json } = await call(server, 'GET /apis/example.com/v1/widgets');
    const items = json['items'] as ApiObject[];
    assert.deepEqual(
      items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      ['default/a', 'kube-system/b'],
    );
  });

  it('gives its clients a kubeconfig', async () => {
    const users = new Map([['token-of-jane', { username: 'jane', groups: [] }]]);
    await using server = await startTestServer({ users });
    const config = JSON.parse(server.kubeconfig()) as {
      clusters: { cluster: Record<string, string> }[];
      users: { user: { token: string } }[];
    };
    const cluster = config.clusters[0]?.cluster;
    assert.equal(cluster?.['server'], server.url);
    assert.equal(
      Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString(),
      server.caPem,
    );
    assert.equal(config.users[0]?.user.token, 'token-of-jane');
  });

  it('fails clearly when its port is taken', async () => {
    await using server = await startTestServer();
    const port = Number(new URL(server.url).port);
    await assert.rejects(startTestServer({ port }), { code: 'CONFIG_INVALID' });
  });
});
