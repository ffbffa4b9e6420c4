import { describeError, type ErrorCode, HeadstartError } from '../runtime/errors.ts';

/** Codes that mean: the command line or its files are wrong. They exit with 2, everything else with 1. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set(['CONFIG_INVALID', 'KUBECONFIG_UNREADABLE']);

/** Prints what went wrong for people, a line each and no stack, and sets the exit code. */
export function reportFailure(error: unknown): void {
  for (const line of describeError(error).split('\n')) console.error(`headstart: ${line}`);
  if (!(error instanceof HeadstartError) && error instanceof Error) console.error(error.stack);
  process.exitCode = error instanceof HeadstartError && USAGE_CODES.has(error.code) ? 2 : 1;
}

/** Runs `work` until it ends or SIGINT or SIGTERM asks it to; a second signal ends the process at once. */
export async function untilSignalled(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (abort.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    abort.abort(new HeadstartError('TERMINAL', `received ${name}`));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await work(abort.signal);
  } catch (error) {
    if (error !== abort.signal.reason) throw error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
