import type { CrdServer } from './crd-server.ts';

/** Calls of webhooks that failed and, under failurePolicy Ignore, were left out. */
export const FAIL_OPEN = 'apiserver_admission_webhook_fail_open_count';

/** Sum of a counter of the API server over all its labels; 0 when it never counted. */
export async function apiServerCounter(server: CrdServer, name: string): Promise<number> {
  const text = await server.kubectl(['get', '--raw', '/metrics']);
  const lines = text.split('\n').filter(line => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
