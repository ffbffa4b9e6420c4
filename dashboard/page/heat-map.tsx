import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type HeatMapLayout, layoutHeatMap, squareAt } from '../wire/heat-map.ts';
import type { NodeRow, NodeState } from '../wire/rows.ts';
import { drawHeatMap } from './draw-heat-map.ts';
import { counted } from './format.ts';

type Entry = readonly [string, NodeRow];

interface HeatMapProps {
  readonly nodes: readonly Entry[];
  readonly counts: Readonly<Record<NodeState, number>>;
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

/** A square a node, on one canvas: thousands of elements would be slow. The table below it says the same to keyboards and screen readers. */
export function HeatMap({ nodes, counts, chosen, onChoose }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(canvas);
  const theme = useTheme();
  const [pointed, setPointed] = useState<Entry>();
  const layout = layoutHeatMap(nodes.length, width);
  useLayoutEffect(() => {
    if (canvas.current !== null) drawHeatMap(canvas.current, { nodes, layout, width, chosen });
  }, [nodes, width, chosen, theme]);
  const under = (event: MouseEvent): Entry | undefined => nodeAt(event, nodes, layout);
  const { warm, pulling, waiting, failed, unavailable } = counts;
  return (
    <div class="heat-map">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${counted(nodes.length, 'node')}: ${warm} warm, ${pulling} pulling, ${waiting} waiting, ${failed} failed, ${unavailable} unavailable. The table of nodes follows.`}
        onMouseMove={event => setPointed(under(event))}
        onMouseLeave={() => setPointed(undefined)}
        onClick={event => {
          const found = under(event);
          if (found !== undefined) onChoose(found[0]);
        }}
      />
      <p class="pointed quiet" aria-hidden="true">
        {pointed === undefined
          ? 'Point at a square for its node, choose it for its images.'
          : describe(pointed)}
      </p>
    </div>
  );
}

function nodeAt(
  event: MouseEvent,
  nodes: readonly Entry[],
  layout: HeatMapLayout,
): Entry | undefined {
  const index = squareAt(layout, nodes.length, { x: event.offsetX, y: event.offsetY });
  return index === undefined ? undefined : nodes[index];
}

function describe([name, { state, percent, warm, wanted, why }]: Entry): string {
  const progress = percent === undefined ? '' : ` ${percent} %`;
  const reason = why === undefined ? '' : `: ${why}`;
  return `${name} · ${state}${progress}${reason} · ${warm} of ${counted(wanted, 'image')} warm`;
}

/** Follows the width of the canvas, which the style sheet decides. */
function useWidth(canvas: { readonly current: HTMLCanvasElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [canvas]);
  return width;
}

/** Draws again when the colours change. */
function useTheme(): boolean {
  const query = window.matchMedia('(prefers-color-scheme: dark)');
  const [isDark, setIsDark] = useState(query.matches);
  useEffect(() => {
    const follow = (): void => setIsDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return isDark;
}
