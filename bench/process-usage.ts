import { readdir, readFile } from 'node:fs/promises';

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

/** The memory a process holds, from the text of /proc/PID/status. */
export function rssMbOf(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** The memory a running process holds now. */
export async function rssMb(pid: number): Promise<number> {
  return rssMbOf(await readFile(`/proc/${pid}/status`, 'utf8'));
}

/** The CPU time of all threads of a process so far, to the nanosecond: an idle one uses less than the hundredths that stat counts. */
export async function cpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(
    threads.map(thread => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')),
  );
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6;
}

/** What a running process has used so far. */
export async function usageOf(pid: number): Promise<{ cpuSeconds: number; peakRssMb: number }> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  return { cpuSeconds: cpuSecondsOf(stat), peakRssMb: peakRssMbOf(status) };
}
