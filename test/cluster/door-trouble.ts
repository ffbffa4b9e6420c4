import { Transform } from 'node:stream';
import { aborted } from '../../runtime/abort.ts';
import { sleep } from './until.ts';

/** What goes wrong with a request at a registry's door. */
export type DoorTrouble =
  /** The registry is down: the connection is closed without an answer. */
  | { readonly kind: 'refuse' }
  /** The door answers in the registry's place. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is closed after this much of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Nothing comes after this much of the body, and the connection stays open. */
  | { readonly kind: 'stall'; readonly afterBytes: number };

/** Lets `bytesPerSecond` through, over all that pass it together. */
export class Pacer {
  readonly #bytesPerSecond: number;
  #freeAtMs = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Returns when it is the turn of so many bytes. */
  async pass(bytes: number): Promise<void> {
    const now = performance.now();
    this.#freeAtMs = Math.max(this.#freeAtMs, now) + (bytes / this.#bytesPerSecond) * 1000;
    await sleep(this.#freeAtMs - now);
  }
}

export interface BodyOptions {
  readonly pacer: Pacer | undefined;
  readonly trouble: DoorTrouble | undefined;
  /** Aborts when the other side has gone. */
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
}

/** Small pieces, so that what was sent is close to what was received. */
const PIECE_BYTES = 16_384;

/** A body on its way, slowed down, cut or stalled. */
export function troubledBody({ pacer, trouble, signal, onBytes }: BodyOptions): Transform {
  let sent = 0;
  const limit = trouble !== undefined && 'afterBytes' in trouble ? trouble.afterBytes : Infinity;
  const pass = async (body: Transform, chunk: Buffer): Promise<void> => {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, Math.min(at + PIECE_BYTES, chunk.length));
      if (sent + piece.length > limit) {
        if (trouble?.kind === 'stall') await aborted(signal);
        throw new Error('cut');
      }
      await pacer?.pass(piece.length);
      signal.throwIfAborted();
      sent += piece.length;
      onBytes(piece.length);
      body.push(piece);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pass(this, chunk).then(() => done(), done);
    },
  });
}
