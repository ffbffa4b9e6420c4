import type { IncomingMessage } from 'node:http';
import type { Clock } from '../runtime/clock.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Time for the whole body to arrive. */
  readonly deadlineMs: number;
}

/** How reading a body ended. */
export type Body =
  | { readonly type: 'read'; readonly bytes: Buffer }
  | { readonly type: 'too-large' }
  | { readonly type: 'too-late' }
  /** The client went away; nobody waits for an answer. */
  | { readonly type: 'aborted' };

/** Reads the body of `request`, up to the limits. Never rejects. */
export function readBody(
  request: IncomingMessage,
  { maxBytes, deadlineMs }: BodyLimits,
  clock: Clock,
): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    return Promise.resolve({ type: 'too-large' });
  }
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const finish = (body: Body): void => {
      cancel();
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return finish({ type: 'too-large' });
      chunks.push(chunk);
    };
    const onEnd = (): void => finish({ type: 'read', bytes: joined(chunks, sizeBytes) });
    const onClose = (): void => finish({ type: 'aborted' });
    const cancel = clock.after(deadlineMs, () => finish({ type: 'too-late' }));
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    // A broken connection is told by 'close'; without a listener the error would end the process.
    request.on('error', () => {});
  });
}

function joined(chunks: readonly Buffer[], sizeBytes: number): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, sizeBytes);
}
