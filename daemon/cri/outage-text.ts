/** What gRPC and the system say when there is nobody at the other end of a socket, and what it means. */
const WORDINGS: readonly (readonly [RegExp, string])[] = [
  [/\bENOENT\b/, 'the socket of the container runtime is gone: it does not run'],
  [/\bECONNREFUSED\b/, 'nothing listens on the socket of the container runtime: it does not run'],
  [/\b(?:EACCES|EPERM)\b/, 'the socket of the container runtime may not be opened'],
  [
    /connection dropped|\bECONNRESET\b|\bEPIPE\b|channel has been shut down|no connection established|stream (?:closed|removed)/i,
    'the container runtime closed the connection',
  ],
];

/** Says in plain words why a runtime cannot be reached. What the runtime said itself stays as it is. */
export function outageText(details: string): string {
  return WORDINGS.find(([pattern]) => pattern.test(details))?.[1] ?? details;
}
