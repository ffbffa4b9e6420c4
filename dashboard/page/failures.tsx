import type { Tables } from '../wire/rows.ts';
import { failuresByReason } from '../wire/summary.ts';
import { counted } from './format.ts';

/** What failed, by reason. */
export function Failures(props: {
  readonly jobs: Tables['jobs'];
  readonly onNode: (name: string) => void;
}) {
  const reasons = failuresByReason(props.jobs);
  return (
    <section class="card" aria-labelledby="failures-title">
      <h2 id="failures-title">Failures by reason</h2>
      {reasons.length === 0 && <p class="quiet">Nothing failed.</p>}
      <ul class="reasons">
        {reasons.map(({ reason, count, jobs, exampleNode, exampleMessage }) => (
          <li key={reason}>
            <h3>
              {reason} <span class="badge failed">{counted(count, 'node')}</span>
            </h3>
            <p class="quiet">{jobs.slice(0, 3).join(', ') + (jobs.length > 3 ? ', …' : '')}</p>
            <p class="message">
              <button type="button" class="link" onClick={() => props.onNode(exampleNode)}>
                {exampleNode}
              </button>
              : {exampleMessage}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
