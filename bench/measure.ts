import { open } from 'node:fs/promises';
import { totalOf as allWrites, type Writes, writesOf } from './audit.ts';
import { totalOf } from './metrics-text.ts';
import { usageOf } from './process-usage.ts';
import { rounded } from './result.ts';
import type { World } from './world.ts';

/** What a part of a run cost. */
export interface Cost {
  /** Of everybody. */
  readonly writesTotal: number;
  readonly writes: Writes;
  readonly managerCpuSeconds: number;
  /** The most memory the manager ever held. */
  readonly managerPeakRssMb: number;
  readonly apiserverCpuSeconds: number;
}

/** Begins to measure; the result ends it and tells the cost. */
export async function startMeasure(world: World): Promise<() => Promise<Cost>> {
  const before = await readingOf(world);
  return async () => {
    const after = await readingOf(world);
    const writes = writesOf(await textFrom(world.auditLog, before.auditBytes));
    return {
      writesTotal: allWrites(writes),
      writes,
      managerCpuSeconds: rounded(after.managerCpuSeconds - before.managerCpuSeconds),
      managerPeakRssMb: rounded(after.managerPeakRssMb),
      apiserverCpuSeconds: rounded(after.apiserverCpuSeconds - before.apiserverCpuSeconds),
    };
  };
}

async function readingOf(world: World) {
  const [metrics, manager, auditBytes] = await Promise.all([
    world.apiServerMetrics(),
    usageOf(world.managerPid),
    sizeOf(world.auditLog),
  ]);
  return {
    auditBytes,
    apiserverCpuSeconds: totalOf(metrics, 'process_cpu_seconds_total'),
    managerCpuSeconds: manager.cpuSeconds,
    managerPeakRssMb: manager.peakRssMb,
  };
}

async function sizeOf(path: string): Promise<number> {
  await using file = await open(path);
  return (await file.stat()).size;
}

async function textFrom(path: string, start: number): Promise<string> {
  await using file = await open(path);
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
  return buffer.toString('utf8');
}
