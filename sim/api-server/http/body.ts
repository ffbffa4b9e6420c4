import type { IncomingMessage } from 'node:http';
import { ApiError } from '../status/api-error.ts';

/** The limit of kube-apiserver. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Reads a body; one that is too large is refused (413). */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      const message = `Request entity too large: limit is ${MAX_BODY_BYTES}`;
      throw new ApiError(413, message, { reason: 'RequestEntityTooLarge' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
