import type { JobRow } from '../wire/rows.ts';

const PARTS = [
  ['warm', 'succeeded'],
  ['pulling', 'active'],
  ['failed', 'failed'],
  ['unavailable', 'unavailable'],
] as const;

/** The nodes of a job as a bar. Screen readers and people who see no colours have the numbers. */
export function Progress({ job }: { readonly job: JobRow }) {
  const { desired, succeeded } = job;
  const words = PARTS.slice(1)
    .flatMap(([word, field]) => (job[field] > 0 ? [`${job[field]} ${word}`] : []))
    .join(', ');
  const label = `${succeeded} of ${desired} nodes warm${words === '' ? '' : `, ${words}`}`;
  return (
    <>
      <div class="progress" role="img" aria-label={label}>
        {PARTS.map(([state, field]) => (
          <span
            key={state}
            class={state}
            style={{ width: `${desired === 0 ? 0 : (100 * job[field]) / desired}%` }}
          />
        ))}
      </div>
      <p class="counts">
        <strong>
          {succeeded.toLocaleString('en')}/{desired.toLocaleString('en')}
        </strong>{' '}
        nodes{words === '' ? '' : ` · ${words}`}
      </p>
    </>
  );
}
