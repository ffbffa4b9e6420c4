import type { HeatMapLayout } from '../wire/heat-map.ts';
import { NODE_STATES, type NodeRow, type NodeState } from '../wire/rows.ts';

export interface HeatMapDrawing {
  readonly nodes: readonly (readonly [string, NodeRow])[];
  readonly layout: HeatMapLayout;
  /** CSS pixels. */
  readonly width: number;
  readonly chosen: string | undefined;
}

/** Squares of this size and more have room for a sign. */
const SIGN_PX = 14;

type Colours = Readonly<Record<NodeState | 'track' | 'sign' | 'text', string>>;

/** Draws all squares. A pull fills its square from below; failed and unavailable nodes bear a sign, too. */
export function drawHeatMap(canvas: HTMLCanvasElement, drawing: HeatMapDrawing): void {
  const { nodes, layout, width, chosen } = drawing;
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(layout.height * scale);
  canvas.style.height = `${layout.height}px`;
  context.scale(scale, scale);
  const colours = coloursOf(canvas);
  const size = layout.pitch - layout.gap;
  for (const [index, [name, row]] of nodes.entries()) {
    const x = (index % layout.columns) * layout.pitch;
    const y = Math.floor(index / layout.columns) * layout.pitch;
    drawSquare(context, { x, y, size }, row, colours);
    if (name !== chosen) continue;
    context.strokeStyle = colours.text;
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, size - 2, size - 2);
  }
}

interface Square {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

function drawSquare(
  context: CanvasRenderingContext2D,
  { x, y, size }: Square,
  { state, percent = 0 }: NodeRow,
  colours: Colours,
): void {
  context.fillStyle = state === 'pulling' ? colours.track : colours[state];
  context.fillRect(x, y, size, size);
  if (state === 'pulling') {
    // Also a pull that has just begun is to be seen.
    const filled = Math.max(size * 0.2, (size * percent) / 100);
    context.fillStyle = colours.pulling;
    context.fillRect(x, y + size - filled, size, filled);
  }
  if (size >= SIGN_PX && state === 'failed') drawCross(context, { x, y, size }, colours.sign);
  if (size >= SIGN_PX && state === 'unavailable') drawBar(context, { x, y, size }, colours.sign);
}

function drawCross(context: CanvasRenderingContext2D, square: Square, colour: string): void {
  const { x, y, size } = square;
  const [near, far] = [size * 0.32, size * 0.68];
  stroke(context, colour, size);
  context.moveTo(x + near, y + near);
  context.lineTo(x + far, y + far);
  context.moveTo(x + far, y + near);
  context.lineTo(x + near, y + far);
  context.stroke();
}

function drawBar(context: CanvasRenderingContext2D, square: Square, colour: string): void {
  const { x, y, size } = square;
  stroke(context, colour, size);
  context.moveTo(x + size * 0.28, y + size / 2);
  context.lineTo(x + size * 0.72, y + size / 2);
  context.stroke();
}

function stroke(context: CanvasRenderingContext2D, colour: string, size: number): void {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, size * 0.09);
  context.beginPath();
}

function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const names = [...NODE_STATES, 'track', 'sign', 'text'] as const;
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return Object.fromEntries(names.map(name => [name, read(name)])) as Colours;
}
