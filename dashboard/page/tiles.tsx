import type { Tables } from '../wire/rows.ts';
import { countStates } from '../wire/summary.ts';

/** The cluster in six numbers. */
export function Tiles({ tables }: { readonly tables: Tables }) {
  const jobs = Object.values(tables.jobs);
  const running = jobs.filter(({ state }) => state.kind === 'running').length;
  const counts = countStates(tables.nodes);
  const nodes = Object.keys(tables.nodes).length;
  const tiles = [
    ['jobs run', running, ''],
    ['nodes', nodes, ''],
    ['warm', counts.warm, 'warm'],
    ['pulling', counts.pulling, 'pulling'],
    ['waiting', counts.waiting, 'waiting'],
    ['failed', counts.failed, 'failed'],
    ['unavailable', counts.unavailable, 'unavailable'],
  ] as const;
  return (
    <section aria-label="Summary">
      <dl class="tiles">
        {tiles.map(([label, amount, state]) => (
          <div key={label} class={`tile ${state}`}>
            <dt>{label}</dt>
            <dd>{amount.toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
