import { textTable } from '../plugin/text-table.ts';
import type { Findings } from './findings.ts';
import { duration, withUnit } from './units.ts';

/** What a simulation shows, as lines for people. */
export function reportLines(findings: Findings): readonly string[] {
  const { warmSeconds, registry, apiWrites, bound, attempts, failedAttempts } = findings;
  const warm = (percent: 50 | 90 | 99 | 100): string => {
    const seconds = warmSeconds[percent];
    return `${percent} % ${seconds === undefined ? 'never' : duration(seconds)}`;
  };
  return textTable(
    ['job', `${findings.nodes} nodes, parallelism ${findings.parallelism}`],
    [
      ['ends after', `${duration(findings.makespanSeconds)}`],
      ['at best', `${duration(bound.seconds)}, limited by the ${bound.limit}`],
      ['nodes warm', [warm(50), warm(90), warm(99), warm(100)].join(', ')],
      ['nodes failed', String(findings.failed)],
      ['attempts', `${attempts}, of which ${failedAttempts} failed`],
      ['pulls at once', `${findings.pullsAtOnce} at most`],
      [
        'registry',
        `${withUnit(registry.bytes, 'B')}, ${rate(registry.meanBitsPerSecond)} on average, ${rate(registry.peakBitsPerSecond)} at most`,
      ],
      ['API writes', `${apiWrites.manager} by the manager, ${apiWrites.daemons} by the daemons`],
      ['seed', String(findings.seed)],
    ],
  );
}

function rate(bitsPerSecond: number): string {
  return withUnit(bitsPerSecond, 'bit/s');
}
