import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NodeImage } from '../../api/node-image.ts';
import { planPulls, pullKey, unfinishedImages } from '../../daemon/wanted-pulls.ts';
import { finished, nodeImage, statusWith, tagSpec } from './node-images.ts';

const plan = (object: NodeImage, running: Record<string, number> = {}) => {
  const { start, stop } = planPulls(object, new Map(Object.entries(running)));
  return { start: start.map(({ key, version }) => `${key} v${version}`), stop };
};

describe('planPulls', () => {
  const wanted = { nginx: [tagSpec('1', { version: 3 })] };
  const cases: {
    name: string;
    object: NodeImage;
    running?: Record<string, number>;
    start?: string[];
    stop?: string[];
  }[] = [
    { name: 'starts a tag without status', object: nodeImage(wanted), start: ['nginx 1 v3'] },
    {
      name: 'starts again what an earlier daemon left unfinished',
      object: nodeImage(
        wanted,
        statusWith({ nginx: [{ tag: '1', version: 3, phase: 'Pulling' }] }),
      ),
      start: ['nginx 1 v3'],
    },
    {
      name: 'leaves a finished version alone',
      object: nodeImage(wanted, statusWith({ nginx: [finished('1', { version: 3 })] })),
    },
    {
      name: 'does not repeat a failed version',
      object: nodeImage(
        wanted,
        statusWith({ nginx: [finished('1', { version: 3, phase: 'Failed' })] }),
      ),
    },
    {
      name: 'starts a new version of a finished tag',
      object: nodeImage(wanted, statusWith({ nginx: [finished('1', { version: 2 })] })),
      start: ['nginx 1 v3'],
    },
    {
      name: 'lets a running version run, whatever else changed',
      object: nodeImage({ nginx: [tagSpec('1', { version: 3, imagePullPolicy: 'Always' })] }),
      running: { 'nginx 1': 3 },
    },
    {
      name: 'replaces a running pull of an older version',
      object: nodeImage(wanted),
      running: { 'nginx 1': 2 },
      start: ['nginx 1 v3'],
      stop: ['nginx 1'],
    },
    {
      name: 'stops what is no longer wanted',
      object: nodeImage({ redis: [tagSpec('7')] }),
      running: { 'nginx 1': 0, 'redis 7': 0, 'redis 6': 0 },
      stop: ['nginx 1', 'redis 6'],
    },
    {
      name: 'stops what somebody else has given a result',
      object: nodeImage(
        wanted,
        statusWith({ nginx: [finished('1', { version: 3, phase: 'Failed' })] }),
      ),
      running: { 'nginx 1': 3 },
      stop: ['nginx 1'],
    },
    {
      name: 'takes an entry without version for version 0',
      object: nodeImage(
        { nginx: [{ tag: '1' }] },
        statusWith({ nginx: [{ tag: '1', phase: 'Succeeded', completionTime: 'x' }] }),
      ),
    },
    {
      name: 'takes the last of two entries for one tag',
      object: nodeImage({ nginx: [tagSpec('1'), tagSpec('1', { version: 9 })] }),
      start: ['nginx 1 v9'],
    },
    {
      name: 'starts the oldest entry first',
      object: nodeImage({
        a: [tagSpec('new', { createdAt: '2026-01-02T00:00:00Z' })],
        b: [tagSpec('old', { createdAt: '2026-01-01T00:00:00Z' })],
      }),
      start: ['b old v0', 'a new v0'],
    },
    {
      name: 'wants nothing of a NodeImage without images',
      object: { metadata: { name: 'n' }, spec: {} },
    },
  ];
  for (const { name, object, running, start = [], stop = [] } of cases) {
    it(name, () => assert.deepEqual(plan(object, running), { start, stop }));
  }

  it('hands the pull what it needs from the entry of its image', () => {
    const image = {
      tags: [tagSpec('1')],
      pullSecrets: [{ namespace: 'ns', name: 'pull' }],
      sandboxConfig: { labels: { app: 'x' }, annotations: { team: 'y' } },
    };
    const [pull] = planPulls(nodeImage({ nginx: image }), new Map()).start;
    assert.equal(pull?.name, 'nginx');
    assert.deepEqual(pull?.pullSecrets, image.pullSecrets);
    assert.deepEqual(pull?.labels, { app: 'x' });
    assert.deepEqual(pull?.annotations, { team: 'y' });
  });

  it('wants nothing more once its plan was carried out', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const tags = fc.constantFrom('1', '2');
    const versions = fc.integer({ min: 0, max: 2 });
    const specs = fc.dictionary(names, fc.array(fc.record({ tag: tags, version: versions })));
    const results = fc.dictionary(names, fc.array(fc.record({ tag: tags, version: versions })));
    const keys = fc.tuple(names, tags).map(([name, tag]) => pullKey(name, tag));
    const pulls = fc.array(fc.tuple(keys, versions)).map(entries => new Map(entries));
    fc.assert(
      fc.property(specs, results, pulls, (wanted, done, running) => {
        const statuses = Object.entries(done).map(
          ([name, list]) =>
            [name, list.map(({ tag, version }) => finished(tag, { version }))] as const,
        );
        const object = nodeImage(wanted, statusWith(Object.fromEntries(statuses)));
        const { start, stop } = planPulls(object, running);
        for (const key of stop) running.delete(key);
        for (const { key, version } of start) running.set(key, version);
        assert.deepEqual(planPulls(object, running), { start: [], stop: [] });
      }),
    );
  });
});

describe('unfinishedImages', () => {
  it('are those whose current version has not succeeded', () => {
    const seen = nodeImage(
      { nginx: [tagSpec('1'), tagSpec('2'), tagSpec('3', { version: 1 })], redis: [tagSpec('7')] },
      statusWith({
        nginx: [finished('1'), finished('2', { phase: 'Failed' }), finished('3')],
      }),
    );
    assert.deepEqual([...unfinishedImages(seen)], ['nginx:2', 'nginx:3', 'redis:7']);
  });

  it('are none without a NodeImage', () => assert.equal(unfinishedImages(undefined).size, 0));
});
