/** One message of a stream of server-sent events (WHATWG HTML, 9.2), as far as the dashboard uses them. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** A message on the wire. `data` has no line breaks, as JSON has none. */
export function formatEvent({ event, data }: StreamEvent): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

/** A remark that keeps the connection awake and says that the sender is there. */
export const HEARTBEAT = ': beat\n\n';

/** Puts messages together from pieces of text. Everything after the last empty line waits for the next piece. */
export class EventParser {
  readonly #pieces: string[] = [];

  /** Messages that `piece` completes. */
  push(piece: string): readonly StreamEvent[] {
    this.#pieces.push(piece);
    if (!piece.includes('\n')) return [];
    const blocks = this.#pieces.join('').split('\n\n');
    this.#pieces.length = 0;
    this.#pieces.push(blocks.pop() ?? '');
    return blocks.flatMap(block => parseBlock(block));
  }
}

function parseBlock(block: string): readonly StreamEvent[] {
  const lines = block.split('\n');
  const field = (name: string): string | undefined =>
    lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = field('data');
  return data === undefined ? [] : [{ event: field('event') ?? 'message', data }];
}
