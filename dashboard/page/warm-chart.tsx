import type { WarmUp } from '../wire/story.ts';
import { counted } from './format.ts';

const [WIDTH, HEIGHT] = [600, 120];
/** Points beyond this are finer than a screen. */
const MAX_POINTS = 200;

/** How many nodes were warm when, as a curve from the change to now or to the end. */
export function WarmChart({ warmUp, now }: { readonly warmUp: WarmUp; readonly now: number }) {
  const { warmAfter, desired, since, steps } = warmUp;
  const last = warmAfter.at(-1);
  if (last === undefined || desired === 0) return undefined;
  const hasEnded = steps.at(-1)?.at !== undefined;
  const seconds = Math.max(1, hasEnded ? last : (now - Date.parse(since)) / 1000, last);
  const x = (at: number): string => ((at / seconds) * WIDTH).toFixed(1);
  const y = (count: number): string =>
    (HEIGHT - (count / Math.max(desired, warmAfter.length)) * HEIGHT).toFixed(1);
  const stride = Math.ceil(warmAfter.length / MAX_POINTS);
  const line = warmAfter
    .flatMap((at, index) =>
      index % stride === 0 || index === warmAfter.length - 1 ? [`H${x(at)}V${y(index + 1)}`] : [],
    )
    .join('');
  return (
    <figure class="chart">
      <svg
        viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${counted(warmAfter.length, 'node')} warm of ${desired} within ${Math.round(last)} seconds`}
      >
        <line class="goal" x1="0" x2={WIDTH} y1="0" y2="0" />
        <path class="area" d={`M0,${HEIGHT}${line}H${WIDTH}V${HEIGHT}Z`} />
        <path class="curve" d={`M0,${HEIGHT}${line}H${WIDTH}`} />
      </svg>
      <figcaption class="quiet">
        <span>0 s</span>
        <span>{counted(warmAfter.length, 'node')} warm</span>
        <span>{Math.round(seconds)} s</span>
      </figcaption>
    </figure>
  );
}
