import { existsSync, readFileSync } from 'node:fs';

/** False also for a process that is dead and waits for its parent to ask how it died. */
export function isAlive(pid: string): boolean {
  const stat = `/proc/${pid.trim()}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}
