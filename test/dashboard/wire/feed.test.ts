import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LiveTable } from '../../../dashboard/server/live-table.ts';
import { applyDelta } from '../../../dashboard/wire/feed.ts';
import type { RegistryRow, Tables } from '../../../dashboard/wire/rows.ts';

const NO_TABLES: Tables = { jobs: {}, nodes: {}, registries: {} };
const row = (inFlight: number): RegistryRow => ({ inFlight, heldJobs: 0 });

describe('deltas of the dashboard', () => {
  it('applied one after the other give what the server holds', () => {
    const edit = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'constructor'),
      value: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
      flush: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(edit), edits => {
        const world = new Map<string, RegistryRow>();
        const table = new LiveTable(key => world.get(key));
        let seen = NO_TABLES;
        const flush = (): void => {
          const registries = table.flush();
          if (registries === undefined) return;
          const text = JSON.stringify({ now: 0, tables: { registries } });
          seen = applyDelta(seen, JSON.parse(text));
        };
        for (const { key, value, flush: now } of edits) {
          if (value === undefined) world.delete(key);
          else world.set(key, row(value));
          table.mark(key);
          if (now) flush();
        }
        flush();
        assert.deepEqual(seen.registries, table.rows());
        assert.deepEqual(new Map(Object.entries(table.rows())), world);
      }),
    );
  });

  it('leave out rows that were marked and look as before', () => {
    const table = new LiveTable(() => row(1));
    table.mark('a');
    assert.deepEqual(table.flush(), { set: { a: row(1) }, gone: [] });
    table.mark('a');
    assert.equal(table.flush(), undefined);
  });

  it('leave tables alone that they do not name', () => {
    const after = applyDelta(NO_TABLES, {
      now: 1,
      tables: { registries: { set: { a: row(1) }, gone: [] } },
    });
    assert.equal(after.jobs, NO_TABLES.jobs);
    assert.deepEqual(after.registries, { a: row(1) });
  });
});
