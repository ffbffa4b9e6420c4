import { MultiBar, Presets } from 'cli-progress';

/** How far a run is. */
export interface Progress {
  /** Nodes that have the new image, by the job; undefined without a job. */
  readonly warmed: number | undefined;
  readonly targets: number;
  /** Pods ready on the new image. */
  readonly updated: number;
  readonly replicas: number;
}

/** Shows the progress of one run. */
export interface Display {
  update(progress: Progress): void;
  stop(): void;
}

/** Bars on a terminal, else a line for each change. */
export function createDisplay(stream: NodeJS.WriteStream): Display {
  return stream.isTTY ? barDisplay(stream) : lineDisplay(stream);
}

function barDisplay(stream: NodeJS.WriteStream): Display {
  const bars = new MultiBar(
    {
      stream,
      format: '  {name} {bar} {value}/{total} {unit}',
      hideCursor: true,
      clearOnComplete: false,
    },
    Presets.shades_classic,
  );
  const make = (name: string, unit: string) => bars.create(1, 0, { name: name.padEnd(8), unit });
  const warm = make('warm-up', 'nodes');
  const rollout = make('rollout', 'pods');
  return {
    update: ({ warmed, targets, updated, replicas }) => {
      // A job is gone when its rollout is done: the bar keeps what it showed last.
      if (warmed !== undefined) {
        warm.setTotal(Math.max(1, targets));
        warm.update(warmed);
      }
      rollout.setTotal(replicas);
      rollout.update(updated);
    },
    stop: () => bars.stop(),
  };
}

function lineDisplay(stream: NodeJS.WriteStream): Display {
  let last = '';
  return {
    update: ({ warmed, targets, updated, replicas }) => {
      const warm = warmed === undefined ? '' : `warm-up ${warmed}/${targets} nodes, `;
      const line = `  ${warm}rollout ${updated}/${replicas} pods`;
      if (line !== last) stream.write(`${line}\n`);
      last = line;
    },
    stop: () => {},
  };
}
