import type { Tables } from '../wire/rows.ts';

/** Pulls at once by registry, and their ceilings. */
export function Registries({ registries }: { readonly registries: Tables['registries'] }) {
  const rows = Object.entries(registries).toSorted(
    ([a, { inFlight: x }], [b, { inFlight: y }]) => y - x || a.localeCompare(b),
  );
  return (
    <section class="card" aria-labelledby="registries-title">
      <h2 id="registries-title">Registries</h2>
      {rows.length === 0 && <p class="quiet">Nobody pulls.</p>}
      <ul class="registries">
        {rows.map(([host, { inFlight, ceiling, heldJobs, hold }]) => (
          <li key={host}>
            <div class="title">
              <h3>{host}</h3>
              <span>
                <strong>{inFlight}</strong>
                {ceiling === undefined ? ' pulls, no ceiling' : ` of ${ceiling} pulls`}
              </span>
            </div>
            {ceiling !== undefined && (
              <meter
                min={0}
                max={Math.max(1, ceiling)}
                value={Math.min(inFlight, ceiling)}
                aria-label={`pulls from ${host}`}
              />
            )}
            {heldJobs > 0 && (
              <p class="note">
                {heldJobs === 1 ? 'A job' : `${heldJobs} jobs`} {hold}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
