import { readFile } from 'node:fs/promises';

/** Linux counts CPU time for user space in hundredths of a second on every architecture. */
const TICKS_PER_SECOND = 100;

/** User and system time of a process, from the text of /proc/PID/stat. */
export function cpuSecondsOf(stat: string): number {
  // The name, which may hold anything, ends at the last parenthesis; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The most memory a process ever held, from the text of /proc/PID/status. */
export function peakRssMbOf(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** What a running process has used so far. */
export async function usageOf(pid: number): Promise<{ cpuSeconds: number; peakRssMb: number }> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  return { cpuSeconds: cpuSecondsOf(stat), peakRssMb: peakRssMbOf(status) };
}
