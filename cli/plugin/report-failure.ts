import { KubeError } from '../../kube/kube-error.ts';
import { describeError, type ErrorCode, HeadstartError } from '../../runtime/errors.ts';
import { EXIT } from './exit-codes.ts';

const USAGE_CODES: ReadonlySet<ErrorCode> = new Set(['CONFIG_INVALID', 'KUBECONFIG_UNREADABLE']);

/** What there is to do about refusals, where kubectl says no more. */
const HINTS: ReadonlyMap<number, string> = new Map([
  [401, 'log in again, or choose another user with --context'],
  [403, 'ask for the right, or choose another namespace with -n'],
]);

/** The lines for a failure, as kubectl writes them, and what to do. Never a stack. */
export function failureLines(error: unknown): readonly string[] {
  if (error instanceof KubeError) return kubeFailureLines(error);
  return describeError(error)
    .split('\n')
    .map(line => `error: ${line}`);
}

/** The exit code for a failure. */
export function exitCodeOf(error: unknown): number {
  return error instanceof HeadstartError && USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.failed;
}

function kubeFailureLines(error: KubeError): readonly string[] {
  const message = error.message.replace(/^[A-Z]+ \/\S+: /, '');
  if (error.status === 0) return [`Unable to connect to the server: ${message}`];
  const reason = error.reason === '' ? '' : ` (${error.reason})`;
  const hint = HINTS.get(error.status);
  return [
    `Error from server${reason}: ${message}`,
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
}
