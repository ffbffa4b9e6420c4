import assert from 'node:assert/strict';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { ANNOTATION_PARALLELISM, ANNOTATION_IMAGE_CHANGE as MARK } from '../../api/names.ts';
import { ADVANCED_STATEFUL_SETS, CLONE_SETS } from '../../api/resources.ts';
import { fakeDeps } from './fakes.ts';
import { requestOf, routeOf } from './review.ts';

type Json = Record<string, unknown>;
interface Parts {
  readonly images?: Readonly<Record<string, string>>;
  readonly init?: Readonly<Record<string, string>>;
  readonly volumes?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>> | null;
}

const containers = (images: Readonly<Record<string, string>> = {}): Json[] =>
  Object.entries(images).map(([name, image]) => ({ name, image }));

function cloneSet({ images, init, volumes, annotations }: Parts): Json {
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'CloneSet',
    metadata: {
      name: 'web',
      namespace: 'default',
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      replicas: 5,
      template: {
        spec: {
          containers: containers(images),
          initContainers: containers(init),
          volumes: Object.entries(volumes ?? {}).map(([name, reference]) => ({
            name,
            image: { reference },
          })),
        },
      },
    },
  };
}

const mark = (changes: Record<string, { from: string | null; to: string }>): Json => ({
  [MARK]: JSON.stringify(changes),
});
const marked = (from: string | null, to: string) =>
  mark({ web: { from, to } }) as Record<string, string>;

const { handler } = routeOf('mutating', CLONE_SETS);

/** The object as the API server has it after our answer. */
function admit(object: Json, old?: Json): Json {
  const decision = handler(requestOf(object, old, CLONE_SETS), fakeDeps());
  assert.equal(decision.type, 'allowed');
  const patch = decision.type === 'allowed' ? (decision.patch ?? []) : [];
  return fastJsonPatch.applyPatch(structuredClone(object), [...patch], true).newDocument;
}

const annotationsOf = (object: Json): unknown => (object['metadata'] as Json)['annotations'];
describe('markImageChange', () => {
  const old = cloneSet({ images: { web: 'nginx:1', log: 'fluent:1' } });

  const cases: Record<string, { old: Parts; new: Parts; annotations: unknown }> = {
    'a changed image': {
      old: { images: { web: 'nginx:1', log: 'fluent:1' } },
      new: { images: { web: 'nginx:2', log: 'fluent:1' } },
      annotations: mark({ web: { from: 'nginx:1', to: 'nginx:2' } }),
    },
    'a new container, an init container and an image volume': {
      old: { images: { web: 'a:1' }, init: { prepare: 'i:1' }, volumes: { data: 'v:1' } },
      new: {
        images: { web: 'a:1', more: 'b:1' },
        init: { prepare: 'i:2' },
        volumes: { data: 'v:2' },
      },
      annotations: mark({
        prepare: { from: 'i:1', to: 'i:2' },
        more: { from: null, to: 'b:1' },
        'volume/data': { from: 'v:1', to: 'v:2' },
      }),
    },
    'a change of an object that has other annotations': {
      old: { images: { web: 'a:1' } },
      new: { images: { web: 'a:2' }, annotations: { 'a/b~c': 'kept' } },
      annotations: { 'a/b~c': 'kept', ...marked('a:1', 'a:2') },
    },
    'a change of an object whose annotations are null': {
      old: { images: { web: 'a:1' } },
      new: { images: { web: 'a:2' }, annotations: null },
      annotations: marked('a:1', 'a:2'),
    },
    'a second change, which replaces the mark of the first': {
      old: { images: { web: 'a:2' }, annotations: marked('a:1', 'a:2') },
      new: { images: { web: 'a:3' }, annotations: marked('a:1', 'a:2') },
      annotations: marked('a:2', 'a:3'),
    },
    'a template that goes back, whose mark goes': {
      old: { images: { web: 'a:2' }, annotations: marked('a:1', 'a:2') },
      new: { images: { web: 'a:1' }, annotations: marked('a:1', 'a:2') },
      annotations: undefined,
    },
    'a new container that goes again, whose mark goes': {
      old: {
        images: { web: 'a:1', more: 'b:1' },
        annotations: mark({ more: { from: null, to: 'b:1' } }) as Record<string, string>,
      },
      new: {
        images: { web: 'a:1' },
        annotations: mark({ more: { from: null, to: 'b:1' } }) as Record<string, string>,
      },
      annotations: undefined,
    },
    'an update that leaves the images alone, whose mark stays': {
      old: { images: { web: 'a:2' }, annotations: marked('a:1', 'a:2') },
      new: { images: { web: 'a:2' }, annotations: { ...marked('a:1', 'a:2'), more: 'x' } },
      annotations: { ...marked('a:1', 'a:2'), more: 'x' },
    },
    'a mark that does not tell the truth': {
      old: { images: { web: 'a:3' }, annotations: marked('a:1', 'a:2') },
      new: { images: { web: 'a:3' }, annotations: marked('a:1', 'a:2') },
      annotations: undefined,
    },
    'a mark that is no JSON': {
      old: { images: { web: 'a:1' }, annotations: { [MARK]: '{"web"' } },
      new: { images: { web: 'a:1' }, annotations: { [MARK]: '{"web"' } },
      annotations: undefined,
    },
    'a mark that somebody made up': {
      old: { images: { web: 'a:1' } },
      new: { images: { web: 'a:1' }, annotations: marked('a:0', 'a:1') },
      annotations: undefined,
    },
    'a mark that somebody changed': {
      old: { images: { web: 'a:2' }, annotations: marked('a:1', 'a:2') },
      new: { images: { web: 'a:2' }, annotations: marked('a:0', 'a:2') },
      annotations: marked('a:1', 'a:2'),
    },
    'another spelling of the same image': {
      old: { images: { web: 'nginx' } },
      new: { images: { web: 'docker.io/library/nginx:latest' } },
      annotations: undefined,
    },
    'an update of something else': {
      old: { images: { web: 'a:1' } },
      new: { images: { web: 'a:1' }, annotations: { more: 'x' } },
      annotations: { more: 'x' },
    },
  };
  for (const [name, { old: before, new: after, annotations }] of Object.entries(cases)) {
    it(`handles ${name}`, () => {
      assert.deepEqual(annotationsOf(admit(cloneSet(after), cloneSet(before))), annotations);
    });
  }

  it('makes no mark on a new workload, and takes one away that was copied along', () => {
    assert.equal(annotationsOf(admit(cloneSet({ images: { web: 'a:1' } }))), undefined);
    const copied = cloneSet({ images: { web: 'a:2' }, annotations: marked('a:1', 'a:2') });
    assert.equal(annotationsOf(admit(copied)), undefined);
  });

  it('works on a dry run and for Advanced StatefulSets alike', () => {
    const next = cloneSet({ images: { web: 'nginx:2', log: 'fluent:1' } });
    const dry = handler({ ...requestOf(next, old, CLONE_SETS), dryRun: true }, fakeDeps());
    const wet = handler(requestOf(next, old, CLONE_SETS), fakeDeps());
    const other = routeOf('mutating', ADVANCED_STATEFUL_SETS).handler(
      requestOf(next, old, ADVANCED_STATEFUL_SETS),
      fakeDeps(),
    );
    assert.deepEqual(dry, wet);
    assert.deepEqual(other, wet);
  });

  it('leaves the mark away when the annotations would become too large for the API server', () => {
    const big = 'x'.repeat(256 * 1024 - 40);
    const next = cloneSet({ images: { web: 'a:2' }, annotations: { big } });
    const decision = handler(requestOf(next, cloneSet({ images: { web: 'a:1' } })), fakeDeps());
    assert.deepEqual(decision, { type: 'allowed', patch: [], warnings: [] });
  });

  it('marks beside annotations that are anything but texts', () => {
    const annotations = JSON.parse('{"a":[{"toString":null}]}') as Record<string, string>;
    const next = cloneSet({ images: { web: 'a:2' }, annotations });
    const after = annotationsOf(admit(next, cloneSet({ images: { web: 'a:1' } })));
    assert.deepEqual(after, { ...annotations, ...marked('a:1', 'a:2') });
  });

  it('asks for advice about new images, each once, and passes it on', () => {
    const deps = fakeDeps();
    deps.advice.lines = ['will warm 3 nodes, 1 at a time'];
    const next = cloneSet({ images: { web: 'a:2', log: 'a:2' } });
    const decision = handler(requestOf(next, old, CLONE_SETS), deps);
    assert.deepEqual('warnings' in decision && decision.warnings, deps.advice.lines);
    assert.deepEqual(deps.advice.changes, [
      { old, new: next, group: 'apps.kruise.io', kind: 'CloneSet', images: ['a:2'] },
    ]);
  });

  it('asks for no advice when no image is new', () => {
    const deps = fakeDeps();
    handler(requestOf(cloneSet({ images: { web: 'nginx:1' } }), old, CLONE_SETS), deps);
    assert.deepEqual(deps.advice.changes, []);
  });

  it('marks also when advice fails', () => {
    const deps = fakeDeps();
    deps.advice.failure = new Error('no cache');
    const decision = handler(
      requestOf(cloneSet({ images: { web: 'a:2' } }), old, CLONE_SETS),
      deps,
    );
    assert.equal('patch' in decision && decision.patch?.length, 1);
    assert.equal(deps.log.at('warn').length, 1);
  });

  const image = fc.constantFrom('a:1', 'a:2', 'b:1', 'a@sha256:x', '');
  const images = fc.dictionary(fc.constantFrom('web', 'log', 'init'), image);
  const annotations = fc.option(
    fc.record(
      {
        [MARK]: fc.constantFrom(marked('a:1', 'a:2')[MARK] as string, '{}', 'x', '[]'),
        other: fc.string(),
      },
      { requiredKeys: [] },
    ),
    { nil: undefined },
  );
  const workload = fc
    .record({ images, init: images, annotations })
    .map(parts => cloneSet(parts as Parts));

  it('touches nothing but its annotation', () => {
    const withoutMark = (object: Json): unknown => {
      const copy = structuredClone(object);
      const { [MARK]: _, ...others } = (annotationsOf(copy) ?? {}) as Json;
      (copy['metadata'] as Json)['annotations'] = others;
      return copy;
    };
    fc.assert(
      fc.property(workload, workload, (before, after) => {
        assert.deepEqual(withoutMark(admit(after, before)), withoutMark(after));
      }),
    );
  });

  it('answers a second call for the same request with no further change', () => {
    fc.assert(
      fc.property(workload, workload, (before, after) => {
        const once = admit(after, before);
        assert.deepEqual(admit(once, before), once);
      }),
    );
  });

  it('takes its mark back when a later webhook restores the template', () => {
    fc.assert(
      fc.property(images, images, (before, after) => {
        const stored = cloneSet({ images: before });
        const first = admit(cloneSet({ images: after }), stored);
        const restored = { ...first, spec: stored['spec'] };
        assert.equal(((annotationsOf(admit(restored, stored)) ?? {}) as Json)[MARK], undefined);
      }),
    );
  });

  it('takes any JSON in any field', () => {
    const part = fc.oneof(fc.jsonValue(), fc.record({ spec: fc.jsonValue() }));
    const anything = fc.record({ metadata: fc.jsonValue(), spec: fc.record({ template: part }) });
    fc.assert(
      fc.property(anything, anything, (object, before) => {
        for (const route of ['mutating', 'validating'] as const) {
          const request = requestOf(object, before, CLONE_SETS);
          const { type } = routeOf(route, CLONE_SETS).handler(request, fakeDeps());
          assert.ok(type === 'allowed' || type === 'denied');
        }
      }),
    );
  });
});

describe('checkWorkloadSettings', () => {
  const validating = routeOf('validating', CLONE_SETS).handler;
  const bad = cloneSet({
    images: { web: 'a:1' },
    annotations: { [ANNOTATION_PARALLELISM]: 'abc' },
  });

  it('denies a bad annotation by its name', () => {
    const decision = validating(requestOf(bad, undefined, CLONE_SETS), fakeDeps());
    assert.equal(decision.type, 'denied');
    assert.match(JSON.stringify(decision), new RegExp(ANNOTATION_PARALLELISM));
  });

  it('only warns when the bad annotation stood there before', () => {
    const decision = validating(requestOf(bad, bad, CLONE_SETS), fakeDeps());
    assert.equal(decision.type, 'allowed');
    assert.equal('warnings' in decision && decision.warnings.length, 1);
  });
});
