import type { KubeClient } from '../../kube/kube-client.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { untilSignalled } from '../exit.ts';
import type { RawOptions } from '../option-reader.ts';
import { connectCluster } from './cluster.ts';
import { exitCodeOf, failureLines } from './report-failure.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** What a command works with. */
export interface Session {
  readonly client: KubeClient;
  /** Where namespaced objects are looked for. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly out: Terminal;
  /** A line for people, beside the output. */
  readonly note: (line: string) => void;
  /** Does `work` and hands over what the API server warns of meanwhile; at other times it is noted at once, as kubectl does. */
  readonly withWarnings: <T>(
    work: () => Promise<T>,
  ) => Promise<{ readonly result: T; readonly warnings: readonly string[] }>;
  readonly signal: AbortSignal;
}

/** Connects, runs a command, and turns its end into an exit code. Failures are told as kubectl does. */
export async function inSession(
  raw: RawOptions,
  command: (session: Session) => Promise<number>,
): Promise<void> {
  const note = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  // What a shell reports for a command that Ctrl-C ended.
  let exitCode = 130;
  try {
    await untilSignalled(async signal => {
      const { warn, withWarnings } = warningsFor(note);
      using cluster = await connectCluster(raw, warn);
      const out = createTerminal(process.stdout, process.env);
      const { client, namespace } = cluster;
      exitCode = await command({
        client,
        namespace,
        clock: systemClock,
        out,
        note,
        withWarnings,
        signal,
      });
    });
  } catch (error) {
    failureLines(error).forEach(note);
    exitCode = exitCodeOf(error);
  }
  process.exitCode = exitCode;
}

/** Warnings go to `note`, but to those who ask for them while they work. */
function warningsFor(note: Session['note']): Pick<Session, 'withWarnings'> & {
  readonly warn: (warning: string) => void;
} {
  let held: string[] | undefined;
  return {
    warn: warning => (held === undefined ? note(`Warning: ${warning}`) : void held.push(warning)),
    withWarnings: async work => {
      const warnings: string[] = [];
      held = warnings;
      try {
        return { result: await work(), warnings };
      } finally {
        held = undefined;
      }
    },
  };
}
