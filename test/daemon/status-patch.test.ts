import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isJsonObject } from '../../api/json.ts';
import type { NodeImageStatus } from '../../api/node-image.ts';
import { statusPatch } from '../../daemon/status-patch.ts';
import { finished, statusWith } from './node-images.ts';

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

describe('statusPatch', () => {
  const before = { ...statusWith({ a: [finished('1')], b: [finished('1')] }), desired: 2 };

  it('is nothing when nothing changed', () => {
    assert.equal(statusPatch(before, structuredClone(before)), undefined);
  });

  it('is nothing for a NodeImage without status that wants nothing', () => {
    assert.equal(statusPatch(undefined, { desired: 0, imageStatuses: {} }), undefined);
  });

  it('holds only what changed', () => {
    const after = { ...statusWith({ a: [finished('1')], b: [finished('2')] }), desired: 2 };
    assert.deepEqual(statusPatch(before, after), {
      imageStatuses: { b: { tags: [finished('2')] } },
    });
  });

  it('removes images that are no longer wanted', () => {
    const after = { ...statusWith({ a: [finished('1')] }), desired: 1 };
    assert.deepEqual(statusPatch(before, after), { desired: 1, imageStatuses: { b: null } });
  });

  it('leaves the fields of others alone', () => {
    const foreign = { ...before, foreign: { field: 1 } } as NodeImageStatus;
    assert.equal(statusPatch(foreign, before), undefined);
  });

  it('takes any status to any other', () => {
    // As JSON.parse makes them.
    const plain = { noNullPrototype: true } as const;
    const tags = fc.array(fc.constantFrom('1', '2').map(tag => finished(tag)));
    const images = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.record({ tags }, plain), plain);
    const statuses = fc.record(
      { desired: fc.nat(3), failed: fc.nat(3), imageStatuses: images },
      plain,
    );
    fc.assert(
      fc.property(statuses, statuses, (from, to) => {
        assert.deepEqual(merge(from, statusPatch(from, to) ?? {}), to);
      }),
    );
  });

  it('takes to a status whatever stands there', () => {
    const names = fc.constantFrom('a', 'constructor', 'toString');
    const images = fc.dictionary(names, fc.constant({ tags: [finished('1')] }), { minKeys: 1 });
    const found = fc.oneof(fc.jsonValue(), fc.record({ imageStatuses: fc.jsonValue() }));
    fc.assert(
      fc.property(found, images, (from, imageStatuses) => {
        const to = { desired: 1, imageStatuses };
        const patched = merge(from, statusPatch(from as unknown as NodeImageStatus, to) ?? {});
        assert.deepEqual({ ...(patched as NodeImageStatus).imageStatuses }, { ...imageStatuses });
      }),
    );
  });
});
