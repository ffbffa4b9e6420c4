import assert from 'node:assert/strict';
import type { Node } from '../../api/core.ts';
import { NODES } from '../../api/resources.ts';
import { connectKube } from '../../kube/connect-kube.ts';
import { createInformer } from '../../kube/create-informer.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import {
  type Answer,
  json,
  plain,
  reset,
  silent,
  startScriptedServer,
  stream,
} from './scripted-server.ts';

const node = (name: string, resourceVersion: string): Node => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion },
});
const list = (resourceVersion: string, ...items: Node[]): Answer =>
  json({ items, metadata: { resourceVersion } });
const added = (name: string, version: string) => ({ type: 'ADDED', object: node(name, version) });
const cut: (response: { destroy(): unknown }) => unknown = response => response.destroy();
const stay = (): void => {};
const expired = { type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } };

const endless = (answer: Answer, times: number): Answer[] =>
  Array.from({ length: times }, () => answer);

/** What a server does to an informer that must end with exactly the nodes a, b and c. */
const stories: readonly [string, readonly Answer[]][] = [
  [
    'cuts its streams after every event',
    [
      list('1'),
      stream([added('a', '2')], cut),
      stream([added('b', '3')], cut),
      stream([added('c', '4')], stay),
    ],
  ],
  [
    'cuts a stream inside an event',
    [
      list('1', node('a', '1')),
      response => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write(`${JSON.stringify(added('b', '2'))}\n{"type":"ADDED","obj`);
        setTimeout(() => response.destroy(), 5);
      },
      stream([added('c', '3')], stay),
    ],
  ],
  [
    'resets connections, before and after headers',
    [
      reset,
      list('1', node('a', '1'), node('b', '1')),
      reset,
      reset,
      stream([added('c', '2')], stay),
    ],
  ],
  [
    'answers 500 for a while',
    [
      ...endless(json({ message: 'etcdserver: leader changed' }, 500), 5),
      list('1', node('a', '1'), node('b', '1')),
      ...endless(json({ message: 'boom' }, 500), 3),
      list('9', node('a', '1'), node('b', '1'), node('c', '8')),
      stream([], stay),
    ],
  ],
  [
    'is overloaded',
    [
      json({ message: 'too many requests' }, 429, { 'Retry-After': '1' }),
      list('1', node('a', '1'), node('b', '1')),
      json({ message: 'too many requests' }, 429, { 'Retry-After': '1' }),
      stream([added('c', '2')], stay),
    ],
  ],
  [
    'has forgotten the place of the watch',
    [
      list('1', node('gone', '1'), node('a', '1')),
      stream([expired]),
      list('9', node('a', '1'), node('b', '5'), node('c', '9')),
      json({ code: 410, reason: 'Expired' }, 410),
      list('10', node('a', '1'), node('b', '5'), node('c', '9')),
      stream([], stay),
    ],
  ],
  [
    'sends what is not JSON',
    [
      plain('<html>', 200, 'application/json'),
      list('1', node('a', '1')),
      response => response.writeHead(200, { 'Content-Type': 'application/json' }).end('garbage\n'),
      list('2', node('a', '1'), node('b', '2')),
      stream([added('c', '3')], stay),
    ],
  ],
  [
    'takes a connection and never answers',
    [silent, list('1', node('a', '1'), node('b', '1')), silent, stream([added('c', '2')], stay)],
  ],
  [
    'falls silent in the middle of a watch',
    [list('1', node('a', '1')), stream([added('b', '2')], stay), stream([added('c', '3')], stay)],
  ],
];

describe('an informer against a server that', () => {
  for (const [name, script] of stories) {
    it(`${name} ends with the truth`, async () => {
      await using server = await startScriptedServer();
      server.script = [...script];
      const clock = new FakeClock();
      const random = () => 0;
      const { access } = server;
      using connection = connectKube(
        { access, userAgent: 't', fieldManager: 't' },
        { clock, random },
      );
      const log = new RecordingLogger();
      const { client } = connection;
      const deps = { client, clock, log, metrics: noMetrics, random };
      const informer = createInformer<Node>({ resource: NODES }, deps);
      const names = new Set<string>();
      informer.onChange(({ type, object }) => {
        if (type === 'deleted') names.delete(object.metadata.name);
        else names.add(object.metadata.name);
      });
      const stop = new AbortController();
      const running = informer.run(stop.signal);
      const isDone = (): boolean =>
        server.requests.length >= script.length && [...names].sort().join() === 'a,b,c';
      for (let round = 0; round < 400 && !isDone(); round++) {
        // Client and server share this thread: a few turns of its loop carry any answer. Our own waits pass at once.
        await new Promise(resolve => setTimeout(resolve, 2));
        await clock.advance(5_000);
      }
      stop.abort();
      await running;
      assert.equal(server.requests.length, script.length, 'it asked more often than it had to');
      assert.deepEqual([...informer.list()].map(({ metadata }) => metadata.name).sort(), [
        'a',
        'b',
        'c',
      ]);
      assert.deepEqual(log.at('error'), []);
    });
  }
});
