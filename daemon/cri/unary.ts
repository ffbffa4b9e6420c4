import { type CallOptions, type ClientUnaryCall, Metadata, type ServiceError } from '@grpc/grpc-js';
import { onAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { CriError, criErrorOf } from './cri-error.ts';

/** How long a call may take, and what ends it early. */
export interface RuntimeCall {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** A method of a generated client, bound to it. */
export type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

export interface UnaryOptions extends RuntimeCall {
  /** Wait for a connection until the deadline instead of failing at once without one. */
  readonly waitForReady?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a call, and whether it waits for a connection. */
export function metadataOf({ waitForReady = false, headers = {} }: UnaryOptions): Metadata {
  const metadata = new Metadata({ waitForReady });
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

/**
 * Calls a method and cancels it, which the runtime notices at once, when the signal aborts or the deadline passes. Rejects with the
 * signal's reason or with CriError; a passed deadline has reason `Timeout`.
 */
export async function unary<Request, Response>(
  method: UnaryMethod<Request, Response>,
  request: Request,
  options: UnaryOptions,
  clock: Clock,
): Promise<Response> {
  const { signal, deadlineMs } = options;
  signal.throwIfAborted();
  // A timer of ours instead of gRPC's deadline: its error tells our limit from one that the runtime met.
  using deadline = withDeadline(signal, deadlineMs, clock);
  try {
    return await cancellable(method, request, metadataOf(options), deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.expired) throw error;
    throw new CriError(
      'Timeout',
      `the container runtime gave no answer within ${deadlineMs / 1000} s`,
    );
  }
}

function cancellable<Request, Response>(
  method: UnaryMethod<Request, Response>,
  request: Request,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const call = method(request, metadata, {}, (error, response) => {
      unlink();
      if (error === null) resolve(response);
      else reject(criErrorOf(error));
    });
    const unlink = onAbort(signal, () => call.cancel());
  });
}
