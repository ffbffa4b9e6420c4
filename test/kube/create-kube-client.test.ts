import assert from 'node:assert/strict';
import { resource } from '../../api/resource.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES, SECRETS } from '../../api/resources.ts';
import { createKubeClient } from '../../kube/create-kube-client.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { Transport, TransportRequest } from '../../kube/transport.ts';
import { hasCode } from '../../runtime/errors.ts';

/** A client on a transport that answers from a list, the last answer for ever; a KubeError is thrown. */
function clientWith(...answers: unknown[]) {
  const requests: TransportRequest[] = [];
  const answer = (): unknown => (answers.length > 1 ? answers.shift() : answers[0]);
  const transport: Transport = {
    request: request => {
      requests.push(request);
      const next = answer();
      return next instanceof KubeError ? Promise.reject(next) : Promise.resolve(next);
    },
    stream: request => {
      requests.push(request);
      const lines = (answer() as unknown[]).map(line =>
        Buffer.from(typeof line === 'string' ? line : `${JSON.stringify(line)}\n`),
      );
      return Promise.resolve(
        (async function* () {
          yield* lines;
        })(),
      );
    },
    close: () => {},
  };
  const options = { fieldManager: 'tester', writeDeadlineMs: 4_000 };
  return { requests, client: createKubeClient(options, { transport }) };
}

const job = { metadata: { name: 'j', namespace: 'ns' } } as never;
const signal = new AbortController().signal;
const page = (items: unknown[], next?: string) => ({
  items,
  metadata: { resourceVersion: '5', ...(next === undefined ? {} : { continue: next }) },
});
const gone = new KubeError('expired', { status: 410 });

describe('createKubeClient', () => {
  const calls: readonly [string, (client: KubeClient) => Promise<unknown>, string][] = [
    ['gets from the core group', c => c.get(NODES, { name: 'n1' }), 'GET /api/v1/nodes/n1'],
    [
      'gets from another group and a namespace',
      c => c.get(IMAGE_PULL_JOBS, { name: 'j', namespace: 'ns' }),
      'GET /apis/apps.kruise.io/v1beta1/namespaces/ns/imagepulljobs/j',
    ],
    [
      'escapes what stands in a path',
      c => c.get(SECRETS, { name: 'a/../b', namespace: 'n?s' }),
      'GET /api/v1/namespaces/n%3Fs/secrets/a%2F..%2Fb',
    ],
    ['lists all namespaces', c => c.list(SECRETS), 'GET /api/v1/secrets?limit=500'],
    [
      'lists a selection',
      c =>
        c.list(SECRETS, {
          namespace: 'ns',
          labelSelector: 'a in (b,c)',
          fieldSelector: 'metadata.name=x',
          pageSize: 7,
          resourceVersion: '0',
        }),
      'GET /api/v1/namespaces/ns/secrets?labelSelector=a+in+%28b%2Cc%29&fieldSelector=metadata.name%3Dx&limit=7&resourceVersion=0',
    ],
    [
      'creates with its field manager',
      c => c.create(IMAGE_PULL_JOBS, job, { dryRun: true }),
      'POST /apis/apps.kruise.io/v1beta1/namespaces/ns/imagepulljobs?fieldManager=tester&dryRun=All&timeout=4000ms',
    ],
    [
      'patches a status',
      c =>
        c.patch(NODE_IMAGES, { name: 'n' }, { type: 'merge', body: {} }, { subresource: 'status' }),
      'PATCH /apis/apps.kruise.io/v1beta1/nodeimages/n/status?fieldManager=tester&timeout=4000ms',
    ],
    [
      'applies with force',
      c =>
        c.patch(
          IMAGE_PULL_JOBS,
          { name: 'j', namespace: 'ns' },
          { type: 'apply', body: job, force: true },
        ),
      'PATCH /apis/apps.kruise.io/v1beta1/namespaces/ns/imagepulljobs/j?fieldManager=tester&timeout=4000ms&force=true',
    ],
    ['deletes', c => c.delete(NODES, { name: 'n1' }), 'DELETE /api/v1/nodes/n1?timeout=4000ms'],
    ['reads any path', c => c.getPath('/apis'), 'GET /apis'],
  ];
  for (const [name, call, expected] of calls) {
    it(name, async () => {
      const { client, requests } = clientWith(page([]));
      await call(client);
      assert.equal(`${requests[0]?.method} ${requests[0]?.path}`, expected);
    });
  }

  it('fills in the type of what it creates and applies', async () => {
    const { client, requests } = clientWith({});
    await client.create(IMAGE_PULL_JOBS, job);
    await client.patch(
      IMAGE_PULL_JOBS,
      { name: 'j', namespace: 'ns' },
      { type: 'apply', body: job },
    );
    for (const { body } of requests) {
      const { apiVersion, kind } = body as { apiVersion: string; kind: string };
      assert.deepEqual([apiVersion, kind], ['apps.kruise.io/v1beta1', 'ImagePullJob']);
    }
    assert.equal(requests[1]?.contentType, 'application/apply-patch+yaml');
  });

  it('sends preconditions, propagation and patience with a delete', async () => {
    const { client, requests } = clientWith({});
    const preconditions = { uid: 'u' };
    const wanted = {
      preconditions,
      propagationPolicy: 'Background',
      gracePeriodSeconds: 0,
    } as const;
    await client.delete(NODES, { name: 'n' }, wanted);
    assert.deepEqual(requests[0]?.body, { apiVersion: 'v1', kind: 'DeleteOptions', ...wanted });
  });

  it('gives writes their own deadline, unless the call names one, and tells it the server', async () => {
    const { client, requests } = clientWith({});
    await client.get(NODES, { name: 'n' });
    await client.delete(NODES, { name: 'n' });
    await client.delete(NODES, { name: 'n' }, { deadlineMs: 100 });
    assert.deepEqual(
      requests.map(({ deadlineMs }) => deadlineMs),
      [30_000, 4_000, 100],
    );
    assert.match(requests[2]?.path ?? '', /\?timeout=100ms$/);
  });

  it('refuses to name a namespaced object without its namespace', async () => {
    const { client, requests } = clientWith({});
    assert.throws(
      () => client.get(SECRETS, { name: 'x' }),
      (error: Error) => hasCode(error, 'INTERNAL'),
    );
    assert.equal(requests.length, 0);
  });

  it('sends a continue token without the resourceVersion', async () => {
    const { client, requests } = clientWith(page([{}], 'tok&en'), page([{}]));
    await client.list(NODES, { resourceVersion: '0' });
    assert.equal(requests[1]?.path, '/api/v1/nodes?limit=500&continue=tok%26en');
  });

  it('lists anew and in one piece when the continue token has expired', async () => {
    const { client, requests } = clientWith(page([{}], 'token'), gone, page([{}, {}]));
    const { items } = await client.list(NODES);
    assert.equal(items.length, 2);
    assert.equal(requests[2]?.path, '/api/v1/nodes');
  });

  it('reads a list without items as an empty one', async () => {
    const { client } = clientWith({ items: null, metadata: { resourceVersion: '9' } });
    assert.deepEqual(await client.list(NODES), { items: [], resourceVersion: '9' });
  });

  describe('watch', () => {
    const watch = async (...lines: unknown[]) => {
      const { client, requests } = clientWith(lines);
      const events: unknown[] = [];
      const range = { resourceVersion: '5', timeoutSeconds: 300, signal };
      for await (const event of client.watch(resource(NODES), range)) events.push(event);
      return { events, path: requests[0]?.path };
    };
    const failure = async (...lines: unknown[]): Promise<KubeError> => {
      const error = await watch(...lines).catch((e: unknown) => e);
      assert.ok(error instanceof KubeError, String(error));
      return error;
    };
    const object = { metadata: { name: 'n', resourceVersion: '6' } };

    it('asks for bookmarks and gives what comes, without types it does not know', async () => {
      const { events, path } = await watch(
        { type: 'ADDED', object },
        { type: 'SURPRISE', object },
        { type: 'BOOKMARK', object },
      );
      assert.equal(
        path,
        '/api/v1/nodes?resourceVersion=5&timeoutSeconds=300&watch=true&allowWatchBookmarks=true',
      );
      assert.deepEqual(events, [
        { type: 'ADDED', object },
        { type: 'BOOKMARK', resourceVersion: '6' },
      ]);
    });

    it('throws what an ERROR event says', async () => {
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
      const error = await failure({ type: 'ERROR', object: status });
      assert.deepEqual(
        [error.status, error.reason, error.message],
        [410, 'Expired', 'watch nodes: too old'],
      );
    });

    for (const [name, line] of [
      ['is not JSON', 'nonsense\n'],
      ['is cut off', '{"type":"ADDED","object":{'],
      ['is no event', 'null\n'],
      ['has no object', { type: 'ADDED' }],
      ['has an object without metadata', { type: 'BOOKMARK', object: {} }],
    ] as const) {
      it(`throws at a line that ${name}`, async () => {
        const error = await failure(line);
        assert.deepEqual([error.reason, error.retryable], ['BadAnswer', true]);
      });
    }
  });
});
