import assert from 'node:assert/strict';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { call, linesOf, MERGE, TABLE } from './call.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { openWatch } from './open-watch.ts';
import { startTestServer } from './test-server.ts';
import { until } from './until.ts';

interface List {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

describe('lists of the embedded API server', () => {
  let server: ApiServer;
  beforeEach(async () => {
    server = await startTestServer({ objects: [widgetDefinition()], watchWindow: 50 });
    for (const name of ['c', 'a', 'd', 'b', 'e']) await make(name);
  });
  afterEach(() => server.stop());

  const make = (name: string) => call(server, `POST ${WIDGETS}`, { body: widget(name) });
  const list = async (query: string): Promise<List> =>
    (await call(server, `GET ${WIDGETS}?${query}`)).json as unknown as List;
  const names = ({ items }: List): string => items.map(({ metadata }) => metadata.name).join('');

  it('are sorted by name', async () => assert.equal(names(await list('')), 'abcde'));

  it('come in pages that all show the state at the first', async () => {
    const first = await list('limit=2');
    assert.equal(names(first), 'ab');
    assert.equal(first.metadata.remainingItemCount, 3);
    await make('bb');
    await call(server, `DELETE ${WIDGETS}/d`);
    const second = await list(`limit=2&continue=${first.metadata.continue}`);
    const third = await list(`limit=2&continue=${second.metadata.continue}`);
    assert.equal(names(second) + names(third), 'cde');
    assert.equal(third.metadata.continue, undefined);
    assert.equal(third.metadata.resourceVersion, first.metadata.resourceVersion);
    assert.equal(names(await list('')), 'abbbce');
  });

  it('end with 410 when the state at the first page is forgotten', async () => {
    const { metadata } = await list('limit=2');
    await make('z');
    server.compact();
    const { status, json } = await call(server, `GET ${WIDGETS}?continue=${metadata.continue}`);
    assert.deepEqual([status, json['reason']], [410, 'Expired']);
  });

  it('can show an earlier state exactly', async () => {
    const { metadata } = await list('');
    await make('z');
    const query = `resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`;
    assert.equal(names(await list(query)), 'abcde');
  });

  it('are pages of what the selector matches', async () => {
    const first = await list('limit=1&fieldSelector=metadata.name!%3Da');
    assert.equal(names(first), 'b');
    assert.equal(names(await list('fieldSelector=metadata.name%3Dc')), 'c');
    assert.equal(names(await list('fieldSelector=metadata.name%3Dnope')), '');
  });
});

describe('watches of the embedded API server', () => {
  const clock = new FakeClock();
  let server: ApiServer;
  beforeEach(async () => {
    server = await startTestServer({ objects: [widgetDefinition()] }, { clock });
  });
  afterEach(() => server.stop());

  const make = (name: string, metadata: object = {}) =>
    call(server, `POST ${WIDGETS}`, { body: widget(name, { size: 1 }, metadata) });
  const versionNow = async (): Promise<string> => {
    const { metadata } = (await call(server, `GET ${WIDGETS}?limit=1`)).json as unknown as List;
    return metadata.resourceVersion;
  };

  it('begin with what is there when no version is named', async () => {
    await make('a');
    await using watch = await openWatch(server, `${WIDGETS}?watch=true`);
    await make('b');
    await until(() => watch.told.length === 2);
    assert.deepEqual(watch.told, ['ADDED a', 'ADDED b']);
  });

  it('begin after the version that is named, also when that lies behind', async () => {
    await make('a');
    const from = await versionNow();
    await make('b');
    await using watch = await openWatch(server, `${WIDGETS}?watch=true&resourceVersion=${from}`);
    await call(server, `DELETE ${WIDGETS}/a`);
    await until(() => watch.told.length === 2);
    assert.deepEqual(watch.told, ['ADDED b', 'DELETED a']);
  });

  it('tell what enters and leaves a selection, with the last state that matched', async () => {
    const from = await versionNow();
    await using watch = await openWatch(
      server,
      `${WIDGETS}?watch=true&labelSelector=l%3Dx&resourceVersion=${from}`,
    );
    await make('a', { labels: { l: 'x' } });
    await make('b', { labels: { l: 'y' } });
    for (const l of ['y', 'x']) {
      await call(server, `PATCH ${WIDGETS}/a`, {
        body: { metadata: { labels: { l } } },
        type: MERGE,
      });
    }
    await until(() => watch.told.length === 3);
    assert.deepEqual(watch.told, ['ADDED a', 'DELETED a', 'ADDED a']);
    const [, left] = watch.events;
    assert.equal(left?.object.metadata.labels?.['l'], 'x');
    assert(Number(left?.object.metadata.resourceVersion) > Number(from) + 1);
  });

  it('of one object or one node tell of nothing else', async () => {
    const nodes = '/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dn2';
    await using one = await openWatch(server, `${WIDGETS}/a?watch=true`);
    await using onNode = await openWatch(server, nodes);
    await make('b');
    await make('a');
    for (const node of ['n1', 'n2']) {
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: node },
        spec: { nodeName: node },
      };
      await call(server, 'POST /api/v1/namespaces/default/pods', { body });
    }
    await until(() => one.told.length === 1 && onNode.told.length === 1);
    assert.deepEqual([...one.told, ...onNode.told], ['ADDED a', 'ADDED n2']);
  });

  it('from a forgotten version are an ERROR with 410', async () => {
    await make('a');
    server.compact();
    const answer = await call(server, `GET ${WIDGETS}?watch=true&resourceVersion=2`);
    const [line] = linesOf(answer);
    assert.equal(line?.['type'], 'ERROR');
    assert.equal((line['object'] as { code: number }).code, 410);
  });

  it('send a bookmark every minute and at the end, to those who want them', async () => {
    const query = 'watch=true&timeoutSeconds=90&allowWatchBookmarks=true';
    await using watch = await openWatch(server, `${WIDGETS}?${query}`);
    await clock.advance(60_000);
    await until(() => watch.told.length === 1);
    await make('a');
    await clock.advance(30_000);
    await watch.ended;
    assert.deepEqual(watch.told, ['BOOKMARK ', 'ADDED a', 'BOOKMARK ']);
    assert.equal(watch.events.at(-1)?.object.metadata.resourceVersion, await versionNow());
    assert.equal(clock.pending, 0);
  });

  it('mark the end of the initial state for those who want it', async () => {
    await make('a');
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    await using watch = await openWatch(server, `${WIDGETS}?${query}`);
    await until(() => watch.told.length === 2);
    assert.deepEqual(watch.told, ['ADDED a', 'BOOKMARK ']);
    assert.deepEqual(watch.events[1]?.object.metadata.annotations, {
      'k8s.io/initial-events-end': 'true',
    });
  });

  it('tell tables to kubectl, the columns only once', async () => {
    await make('a');
    await using watch = await openWatch(server, `${WIDGETS}?watch=true`, TABLE);
    await make('b');
    await until(() => watch.events.length === 2);
    const columns = watch.events.map(({ object }) => object.columnDefinitions?.length ?? 0);
    assert.deepEqual(columns, [4, 0]);
  });

  it('end when the server stops, and leave no timer behind', async () => {
    const other = await startTestServer({}, { clock });
    const query = 'watch=true&allowWatchBookmarks=true';
    await using watch = await openWatch(other, `/api/v1/nodes?${query}`);
    await other.stop();
    await watch.ended;
    assert.equal(clock.pending, 0);
  });

  it('leave no timer behind when the client goes', async () => {
    const watch = await openWatch(server, `${WIDGETS}?watch=true&allowWatchBookmarks=true`);
    await watch[Symbol.asyncDispose]();
    await until(() => clock.pending === 0);
  });
});
