import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, curveStepBefore, line } from 'd3-shape';
import type { Findings, SeriesPoint } from './findings.ts';
import { element, escaped } from './svg.ts';
import { duration, withUnit } from './units.ts';

const WIDTH = 840;
const HEIGHT = 560;
const LEFT = 88;
const RIGHT = WIDTH - 24;
/** Top and bottom of each of the two plots. */
const UPPER = { top: 84, bottom: 276 };
const LOWER = { top: 326, bottom: 508 };

/** Colours that are readable on both grounds, as the reader's system has it. */
const STYLE = `
svg { background: #fff; font: 13px system-ui, sans-serif; }
text { fill: #24292f; } .title { font-size: 17px; font-weight: 600; } .note { fill: #57606a; }
.grid { stroke: #d0d7de; } .warm { fill: none; stroke: #1a7f37; stroke-width: 2; }
.load { fill: #0969da; fill-opacity: .25; stroke: #0969da; }
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; } text { fill: #e6edf3; } .note { fill: #9da7b1; }
.grid { stroke: #30363d; } .warm { stroke: #3fb950; } .load { fill: #58a6ff; stroke: #58a6ff; }
}`;

interface Plot {
  readonly place: typeof UPPER;
  readonly title: string;
  readonly most: number;
  readonly label: (value: number) => string;
  readonly mark: (scales: Scales) => string;
}

interface Scales {
  readonly x: (seconds: number) => number;
  readonly y: (value: number) => number;
}

/** Warm nodes and registry load over time, as an SVG document. */
export function chart(findings: Findings): string {
  const { nodes, parallelism, makespanSeconds, series, registry } = findings;
  const title = `${nodes} nodes, parallelism ${parallelism}: warm in ${duration(makespanSeconds)}`;
  const note = `registry ${withUnit(registry.meanBitsPerSecond, 'bit/s')} on average; seed ${findings.seed}`;
  const plots: readonly Plot[] = [
    {
      place: UPPER,
      title: 'Nodes that have the image',
      most: nodes,
      label: String,
      mark: scales => warmLine(series, scales),
    },
    {
      place: LOWER,
      title: 'Registry load',
      most: registry.peakBitsPerSecond,
      label: value => withUnit(value, 'bit/s'),
      mark: scales => loadArea(series, scales),
    },
  ];
  const parts = [
    element('title', {}, escaped(title)),
    element('style', {}, STYLE),
    element('text', { class: 'title', x: LEFT, y: 28 }, escaped(title)),
    element('text', { class: 'note', x: LEFT, y: 48 }, escaped(note)),
    ...plots.map(plot => plotted(plot, makespanSeconds)),
    element(
      'text',
      { x: (LEFT + RIGHT) / 2, y: HEIGHT - 10, 'text-anchor': 'middle' },
      'time since the job was made',
    ),
  ];
  const frame = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' };
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...frame }, parts.join('\n'))}\n`;
}

function plotted({ place, title, most, label, mark }: Plot, seconds: number): string {
  const x = scaleLinear([0, seconds], [LEFT, RIGHT]);
  const y = scaleLinear([0, Math.max(1, most)], [place.bottom, place.top]).nice(4);
  const rows = y.ticks(4).map(value => {
    const line = { class: 'grid', x1: LEFT, x2: RIGHT, y1: y(value), y2: y(value) };
    const text = { x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' };
    return element('line', line) + element('text', text, escaped(label(value)));
  });
  const columns = x.ticks(6).map(value => {
    const text = { x: x(value), y: place.bottom + 18, 'text-anchor': 'middle' };
    return element('text', text, escaped(duration(value)));
  });
  const heading = element('text', { x: LEFT, y: place.top - 10 }, escaped(title));
  return [heading, ...rows, ...columns, mark({ x, y })].join('\n');
}

function warmLine(series: readonly SeriesPoint[], { x, y }: Scales): string {
  const draw = line<SeriesPoint>(
    ({ seconds }) => x(seconds),
    ({ nodesWarm }) => y(nodesWarm),
  );
  return element('path', { class: 'warm', d: draw.curve(curveStepAfter)(series) ?? '' });
}

/** A point tells the average since the one before. */
function loadArea(series: readonly SeriesPoint[], { x, y }: Scales): string {
  const draw = area<SeriesPoint>(
    ({ seconds }) => x(seconds),
    y(0),
    ({ registryBitsPerSecond }) => y(registryBitsPerSecond),
  );
  return element('path', { class: 'load', d: draw.curve(curveStepBefore)(series) ?? '' });
}
