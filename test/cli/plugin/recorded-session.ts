import type { RawOptions } from '../../../cli/option-reader.ts';
import { exitCodeOf, failureLines } from '../../../cli/plugin/report-failure.ts';
import type { Session } from '../../../cli/plugin/session.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import { systemClock } from '../../../runtime/clock.ts';

/** What a command wrote, and its exit code. */
export interface RecordedRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A session on `client` whose output, without a terminal, is kept. */
export function recordedSession(
  client: KubeClient,
  { namespace = 'default', signal = new AbortController().signal } = {},
): { readonly session: Session; readonly stdout: () => string; readonly stderr: () => string } {
  const [out, err]: [string[], string[]] = [[], []];
  const session: Session = {
    client,
    namespace,
    clock: systemClock,
    note: line => err.push(line),
    // The client of the tests has nobody to tell warnings.
    withWarnings: async work => ({ result: await work(), warnings: [] }),
    signal,
    out: {
      isLive: false,
      print: lines => out.push(...lines),
      redraw: lines => out.push(...lines),
      paint: (_color, text) => text,
    },
  };
  return { session, stdout: () => out.join('\n'), stderr: () => err.join('\n') };
}

/** Runs a command as the program does, without a process. */
export async function runRecorded(
  client: KubeClient,
  command: (session: Session) => Promise<number>,
  options?: { readonly namespace?: string },
): Promise<RecordedRun> {
  const { session, stdout, stderr } = recordedSession(client, options);
  try {
    const code = await command(session);
    return { code, stdout: stdout(), stderr: stderr() };
  } catch (error) {
    const told = [stderr(), ...failureLines(error)].filter(line => line !== '');
    return { code: exitCodeOf(error), stdout: stdout(), stderr: told.join('\n') };
  }
}

/** Flags as commander hands them over, with the defaults that every command has. */
export function flags(raw: RawOptions = {}): RawOptions {
  return { output: 'table', timeout: '0s', ...raw };
}
