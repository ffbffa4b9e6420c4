import {
  type CallOptions,
  type ClientReadableStream,
  type Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { onAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { CriError, criErrorOf } from '../cri/cri-error.ts';
import { metadataOf, type UnaryOptions } from '../cri/unary.ts';
import type { ReadContentRequest, ReadContentResponse } from './content.gen.ts';

type ReadMethod = (
  request: ReadContentRequest,
  metadata: Metadata,
  options: Partial<CallOptions>,
) => ClientReadableStream<ReadContentResponse>;

/** Collects what a call streams; ends and fails as `unary` does. */
export async function readBytes(
  method: ReadMethod,
  request: ReadContentRequest,
  options: UnaryOptions,
  clock: Clock,
): Promise<Uint8Array> {
  using deadline = withDeadline(options.signal, options.deadlineMs, clock);
  const stream = method(request, metadataOf(options), {});
  const unlink = onAbort(deadline.signal, () => stream.cancel());
  const chunks: Uint8Array[] = [];
  try {
    for await (const { data } of stream as AsyncIterable<ReadContentResponse>) chunks.push(data);
    return Buffer.concat(chunks);
  } catch (error) {
    options.signal.throwIfAborted();
    if (deadline.expired)
      throw new CriError('Timeout', 'the container runtime stopped in the middle of an answer');
    throw isServiceError(error) ? criErrorOf(error) : error;
  } finally {
    unlink();
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return (
    error instanceof Error &&
    'code' in error &&
    Object.values(status).includes(error.code as status)
  );
}
