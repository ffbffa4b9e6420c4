import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyConfiguration } from '../../../sim/api-server/apply/apply-configuration.ts';
import {
  difference,
  fromFieldsV1,
  intersection,
  isEmpty,
  pathsOf,
  toFieldsV1,
  union,
} from '../../../sim/api-server/apply/field-set.ts';
import { everyField } from '../../../sim/api-server/apply/fields-of.ts';
import { shapeOf } from '../../../sim/api-server/apply/merge-shape.ts';
import { trackUpdate } from '../../../sim/api-server/apply/track-update.ts';
import type { ApiObject } from '../../../sim/api-server/objects/api-object.ts';
import { apiObject, WIDGET_SCHEMA } from './objects.ts';

const shape = shapeOf(WIDGET_SCHEMA);
const TIME = '2026-01-01T00:00:00Z';
const apiVersion = 'example.com/v1';

function apply(live: ApiObject | undefined, name: string, fields: object, force = false) {
  const config = { apiVersion, kind: 'Widget', metadata: { name: 'a' }, ...fields };
  const manager = { name, operation: 'Apply', apiVersion } as const;
  return applyConfiguration({ live, config, manager, force, shape, time: TIME });
}

function applied(...args: Parameters<typeof apply>): ApiObject {
  const outcome = apply(...args);
  assert(outcome.ok);
  return outcome.object;
}

function conflictsOf(...args: Parameters<typeof apply>): readonly string[] {
  const outcome = apply(...args);
  return outcome.ok ? [] : outcome.conflicts.map(({ manager, path }) => `${manager.name} ${path}`);
}

function updated(before: ApiObject, name: string, fields: object): ApiObject {
  const after = { ...before, ...fields };
  const manager = { name, operation: 'Update', apiVersion } as const;
  return trackUpdate({ before, after, manager, shape, time: TIME });
}

function created(name: string, fields: object): ApiObject {
  const manager = { name, operation: 'Update', apiVersion } as const;
  return trackUpdate({ after: apiObject('a', { ...fields }), manager, shape, time: TIME });
}

const claims = ({ metadata }: ApiObject): Record<string, unknown> =>
  Object.fromEntries(
    (metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
  );

describe('applyConfiguration', () => {
  it('makes an object and claims what the configuration says, no more', () => {
    const object = applied(undefined, 'me', {
      metadata: { name: 'a', labels: { l: '1' } },
      spec: { size: 1, items: [{ name: 'i' }], map: { m: '1' }, set: ['s'], open: {} },
    });
    assert.deepEqual(claims(object), {
      me: {
        'f:metadata': { 'f:labels': { 'f:l': {} } },
        'f:spec': {
          'f:items': { 'k:{"name":"i"}': { '.': {}, 'f:name': {} } },
          'f:map': { 'f:m': {} },
          'f:open': {},
          'f:set': { 'v:"s"': {} },
          'f:size': {},
        },
      },
    });
  });

  it('leaves alone what it does not mention', () => {
    const object = applied(created('u', { spec: { size: 1, color: 'red' } }), 'me', {
      spec: { map: { m: '1' } },
    });
    assert.deepEqual(object['spec'], { size: 1, color: 'red', map: { m: '1' } });
  });

  it('takes out what it no longer names, and the containers that get empty', () => {
    const first = applied(undefined, 'me', {
      spec: { size: 1, items: [{ name: 'i' }], map: { m: '1' } },
    });
    assert.deepEqual(applied(first, 'me', { spec: { size: 1 } })['spec'], { size: 1 });
  });

  it('keeps what somebody else claims too', () => {
    const spec = { size: 1, items: [{ name: 'i' }], map: { m: '1' } };
    const both = applied(applied(undefined, 'me', { spec }), 'you', { spec });
    const rest = applied(both, 'me', { spec: { size: 1 } });
    assert.deepEqual(rest['spec'], spec);
  });

  it('removes a list item with fields that nobody owns', () => {
    const first = applied(undefined, 'me', { spec: { items: [{ name: 'i' }, { name: 'j' }] } });
    const defaulted = {
      ...first,
      spec: {
        items: [
          { name: 'i', value: 'x' },
          { name: 'j', value: 'x' },
        ],
      },
    };
    const rest = applied(defaulted, 'me', { spec: { items: [{ name: 'j' }] } });
    assert.deepEqual(rest['spec'], { items: [{ name: 'j', value: 'x' }] });
  });

  it('keeps live items in place and adds new ones after them', () => {
    const first = applied(undefined, 'me', { spec: { items: [{ name: 'b' }] } });
    const second = applied(first, 'you', {
      spec: { items: [{ name: 'c' }, { name: 'a' }, { name: 'b' }] },
    });
    assert.deepEqual(second['spec'], { items: [{ name: 'b' }, { name: 'c' }, { name: 'a' }] });
  });

  it('conflicts with everyone who owns a field with another value, naming field and owner', () => {
    const first = applied(undefined, 'me', {
      spec: { size: 1, items: [{ name: 'i', value: '1' }] },
    });
    const spec = { size: 2, items: [{ name: 'i', value: '2' }] };
    assert.deepEqual(conflictsOf(first, 'you', { spec }), [
      'me .spec.items[name="i"].value',
      'me .spec.size',
    ]);
  });

  it('does not conflict over equal values or own fields', () => {
    const first = applied(undefined, 'me', { spec: { size: 1 } });
    assert.deepEqual(conflictsOf(first, 'you', { spec: { size: 1 } }), []);
    assert.deepEqual(conflictsOf(first, 'me', { spec: { size: 2 } }), []);
  });

  it('takes the fields over when forced', () => {
    const first = applied(undefined, 'me', { spec: { size: 1 } });
    const second = applied(first, 'you', { spec: { size: 2 } }, true);
    assert.deepEqual(claims(second), { you: { 'f:spec': { 'f:size': {} } } });
  });

  it('conflicts with an ordinary writer too', () => {
    const object = created('writer', { spec: { size: 1 } });
    assert.deepEqual(conflictsOf(object, 'me', { spec: { size: 2 } }), ['writer .spec.size']);
  });

  it('changes nothing when it is repeated', () => {
    const spec = { size: 1, items: [{ name: 'i' }], set: ['s'] };
    const first = applied(undefined, 'me', { spec });
    assert.deepEqual(applied(first, 'me', { spec }), first);
  });

  it('merges containers of built-in kinds by name and replaces their selectors', () => {
    const named = { name: 'me', operation: 'Apply', apiVersion: 'apps/v1' } as const;
    const config = (fields: object): ApiObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: fields,
    });
    const base = { force: false, shape: shapeOf(undefined), time: TIME };
    const selector = { matchLabels: { a: 'b' } };
    const first = applyConfiguration({
      ...base,
      live: undefined,
      manager: named,
      config: config({ selector, containers: [{ name: 'x', image: '1' }] }),
    });
    assert(first.ok);
    const you = { ...named, name: 'you' };
    const second = applyConfiguration({
      ...base,
      live: first.object,
      manager: you,
      config: config({ containers: [{ name: 'y' }] }),
    });
    assert(second.ok);
    assert.deepEqual(second.object['spec'], {
      selector,
      containers: [{ name: 'x', image: '1' }, { name: 'y' }],
    });
    assert.deepEqual(claims(first.object)['me'], {
      'f:spec': {
        'f:containers': { 'k:{"name":"x"}': { '.': {}, 'f:image': {}, 'f:name': {} } },
        'f:selector': {},
      },
    });
  });
});

describe('trackUpdate', () => {
  it('gives a writer what it changed and takes that from everyone else', () => {
    const first = applied(undefined, 'me', { spec: { size: 1, color: 'red' } });
    const second = updated(first, 'writer', { spec: { size: 2, color: 'red', map: { m: '1' } } });
    assert.deepEqual(claims(second), {
      me: { 'f:spec': { 'f:color': {} } },
      writer: { 'f:spec': { 'f:map': { '.': {}, 'f:m': {} }, 'f:size': {} } },
    });
  });

  it('takes removed fields from their owners', () => {
    const first = applied(undefined, 'me', { spec: { size: 1, color: 'red' } });
    assert.deepEqual(claims(updated(first, 'writer', { spec: { size: 1 } })), {
      me: { 'f:spec': { 'f:size': {} } },
    });
  });

  it('leaves the time of a writer that changes nothing new', () => {
    const first = created('writer', { spec: { size: 1 } });
    const manager = { name: 'writer', operation: 'Update', apiVersion } as const;
    const after = { ...first, spec: { size: 2 } };
    const later = trackUpdate({
      before: first,
      after,
      manager,
      shape,
      time: '2027-01-01T00:00:00Z',
    });
    assert.equal(later.metadata.managedFields?.[0]?.time, TIME);
  });

  it('records no more once somebody has emptied the list', () => {
    const first = created('writer', { spec: { size: 1 } });
    const emptied = updated(first, 'writer', {
      metadata: { ...first.metadata, managedFields: [{}] },
    });
    assert.equal(emptied.metadata.managedFields, undefined);
    const { metadata } = updated(emptied, 'writer', { spec: { size: 3 } });
    assert.equal(metadata.managedFields, undefined);
  });
});

describe('field sets', () => {
  const fields = fc
    .jsonValue({ maxDepth: 3 })
    .map(value => everyField({ spec: { open: value } }, shape));

  it('read what they write', () => {
    fc.assert(
      fc.property(fields, set => {
        const inner = set.children.get('f:spec');
        assert(inner);
        const written = toFieldsV1({ ...set, member: false });
        assert.deepEqual(toFieldsV1(fromFieldsV1(written)), written);
      }),
    );
  });

  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        assert(isEmpty(difference(a, union(a, b))));
        assert.deepEqual(
          new Set(pathsOf(union(difference(a, b), intersection(a, b)))),
          new Set(pathsOf(a)),
        );
        assert(isEmpty(intersection(difference(a, b), b)));
      }),
    );
  });
});
