import assert from 'node:assert/strict';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { call, TABLE } from './call.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { startTestServer } from './test-server.ts';

const UNKNOWN_PATHS = [
  'GET /nope',
  'POST /nope',
  'GET /apis/nope.com/v1/x',
  'GET /apis/example.com/v9/widgets',
  'GET /apis/example.com/v1/wodgets',
  `GET ${WIDGETS}/good/bogus`,
  `GET ${WIDGETS}/good/status/more`,
  'GET /apis/example.com/v1/%zz',
  'POST /apis/example.com/v1/widgets',
  'GET /api/v1/namespaces/default/nodes',
  'GET /api/v2',
  'GET /apis/example.com/v1/widgets/good',
];

describe('a path that names nothing', () => {
  let server: ApiServer;
  before(async () => {
    server = await startTestServer({ objects: [widgetDefinition()] });
  });
  after(() => server.stop());

  for (const line of UNKNOWN_PATHS) {
    it(`is a plain 404: ${line}`, async () => {
      const { status, text } = await call(server, line);
      assert.deepEqual([status, text], [404, '404 page not found\n']);
    });
  }
});

describe('discovery', () => {
  let server: ApiServer;
  before(async () => {
    server = await startTestServer({ objects: [widgetDefinition()] });
  });
  after(() => server.stop());

  const get = async (path: string, accept?: string) =>
    (await call(server, `GET ${path}`, accept === undefined ? {} : { accept })).json;

  it('names groups with their preferred version', async () => {
    assert.deepEqual(await get('/apis/example.com'), {
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'example.com',
      versions: [
        { groupVersion: 'example.com/v1', version: 'v1' },
        { groupVersion: 'example.com/v1alpha1', version: 'v1alpha1' },
      ],
      preferredVersion: { groupVersion: 'example.com/v1', version: 'v1' },
    });
  });

  it('names the resources of a version with their subresources', async () => {
    const { resources } = await get('/apis/example.com/v1alpha1');
    assert.deepEqual(
      (resources as { name: string; kind: string }[]).map(({ name, kind }) => `${name} ${kind}`),
      ['widgets Widget', 'widgets/status Widget', 'widgets/scale Scale'],
    );
  });

  it('tells everything at once to those who ask for it', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const core = await get('/api', accept);
    const groups = await get('/apis', accept);
    assert.equal(core['kind'], 'APIGroupDiscoveryList');
    const items = groups['items'] as { metadata: { name: string } }[];
    const names = items.map(({ metadata }) => metadata.name);
    for (const name of ['apps', 'example.com', 'authorization.k8s.io'])
      assert(names.includes(name));
  });

  it('has the documents that kubectl validates and explains by', async () => {
    const { paths } = await get('/openapi/v3');
    const { serverRelativeURL } = (paths as Record<string, { serverRelativeURL: string }>)[
      'apis/example.com/v1'
    ] ?? { serverRelativeURL: '' };
    const document = await get(serverRelativeURL);
    const text = JSON.stringify(document);
    assert.match(text, /"fieldValidation"/);
    assert.match(text, /"com\.example\.v1\.Widget"/);
  });

  it('says that it is well, and which version it is', async () => {
    for (const path of ['/healthz', '/livez', '/readyz']) {
      assert.equal((await call(server, `GET ${path}`)).text, 'ok');
    }
    assert.match(String((await get('/version'))['gitVersion']), /^v1\.\d+/);
  });

  it('forgets a group with its last definition', async () => {
    await using other = await startTestServer({ objects: [widgetDefinition()] });
    const line =
      'DELETE /apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';
    await call(other, line);
    assert.equal((await call(other, 'GET /apis/example.com')).status, 404);
  });
});

describe('tables', () => {
  it('have the columns of the definition and the metadata of each object', async () => {
    await using server = await startTestServer({ objects: [widgetDefinition()] });
    await call(server, `POST ${WIDGETS}`, { body: widget('a', { size: 3 }) });
    const { json } = await call(server, `GET ${WIDGETS}`, { accept: TABLE });
    const columns = json['columnDefinitions'] as { name: string; priority: number }[];
    assert.deepEqual(
      columns.map(({ name, priority }) => `${name} ${priority}`),
      ['Name 0', 'SIZE 0', 'AGE 0', 'MESSAGE 1'],
    );
    const [row] = json['rows'] as { cells: unknown[]; object: { kind: string } }[];
    assert.deepEqual(row?.cells, ['a', 3, '0s', null]);
    assert.equal(row?.object.kind, 'PartialObjectMetadata');
  });

  it('carry whole objects or none when asked to', async () => {
    await using server = await startTestServer();
    const rowOf = async (include: string) => {
      const line = `GET /api/v1/namespaces/default?includeObject=${include}`;
      const { json } = await call(server, line, { accept: TABLE });
      return (json['rows'] as { object: { kind?: string } | null }[])[0]?.object;
    };
    assert.equal(await rowOf('None'), null);
    assert.equal((await rowOf('Object'))?.kind, 'Namespace');
  });

  it('are left out for those who only want metadata', async () => {
    await using server = await startTestServer();
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const { json } = await call(server, 'GET /api/v1/namespaces', { accept });
    assert.equal(json['kind'], 'PartialObjectMetadataList');
    const [first] = json['items'] as object[];
    assert.deepEqual(Object.keys(first ?? {}), ['kind', 'apiVersion', 'metadata']);
  });
});
