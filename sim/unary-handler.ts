import { type handleUnaryCall, type Metadata, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { aborted, isAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError, HeadstartError } from '../runtime/errors.ts';

/** An RPC that came in. */
export interface CriCall {
  /** `PullImage`, `ImageStatus`, … */
  readonly method: string;
  /** What it is about; '' when about nothing. */
  readonly image: string;
}

/** What goes wrong with a call. */
export type CriFault =
  | { readonly kind: 'fail'; readonly code: number; readonly details: string }
  /** The call goes on after this long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The call is never answered. */
  | { readonly kind: 'hang' };

/** Carries a gRPC status out of a handler. */
export class RpcFailure extends HeadstartError {
  readonly status: number;

  constructor(code: number, details: string) {
    super('CRI_FAILED', details);
    this.status = code;
  }
}

/** The work of one method; `signal` aborts when the client has gone or given up. */
export type UnaryWork<Request, Response> = (
  request: Request,
  signal: AbortSignal,
  metadata: Metadata,
) => Response | Promise<Response>;

export interface UnaryHandlerDeps {
  readonly clock: Clock;
  readonly faultOf: (call: CriCall) => CriFault | undefined;
}

/** Makes a gRPC handler of `work`: plays faults, passes the client's cancel on, answers as gRPC wants it. */
export function unaryHandler<Request extends object, Response>(
  method: string,
  work: UnaryWork<Request, Response>,
  deps: UnaryHandlerDeps,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const abort = new AbortController();
    call.once('cancelled', () => abort.abort());
    const answer = async (): Promise<Response> => {
      await suffer(deps.faultOf({ method, image: imageOf(call) }), deps.clock, abort.signal);
      return work(call.request, abort.signal, call.metadata);
    };
    answer().then(
      response => callback(null, response),
      (error: unknown) => callback(serviceError(error, abort.signal)),
    );
  };
}

async function suffer(
  fault: CriFault | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return;
    case 'delay':
      return clock.sleep(fault.ms, signal);
    case 'hang':
      return aborted(signal);
    case 'fail':
      throw new RpcFailure(fault.code, fault.details);
  }
}

function serviceError(
  error: unknown,
  signal: AbortSignal,
): { readonly code: number; readonly details: string } {
  if (error instanceof RpcFailure) return { code: error.status, details: error.message };
  if (isAbort(error, signal)) return { code: status.CANCELLED, details: 'context canceled' };
  return { code: status.INTERNAL, details: describeError(error) };
}

function imageOf(call: ServerUnaryCall<object, unknown>): string {
  const { image } = call.request as { image?: { image?: string } };
  return image?.image ?? '';
}
