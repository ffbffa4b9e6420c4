import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, run } from '../../cluster/process.ts';

/** A shell in which commands of pages run one after another: what one sets the next one sees. */
export interface Shell {
  /** Runs a script to its first failure; both outputs are in `stdout`. */
  script(text: string): Promise<CommandResult>;
  /** Runs one command; it finds the exit code of the one before in `$?`. */
  command(text: string): Promise<CommandResult>;
}

export interface ShellOptions {
  /** The folder the commands run in. */
  readonly cwd: string;
  /** The home of whoever runs them. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Longer than the slowest command that pages wait for, a rollout of the DaemonSet. */
const TIMEOUT_MS = 240_000;

/** A search that finds nothing is an answer, too. */
const PRELUDE = `set -u -a -o pipefail
source "$DOCS_STATE"
trap 'export -p > "$DOCS_STATE"' EXIT
grep() { command grep "$@" || [ $? -eq 1 ]; }
cd "$DOCS_CWD"
exec 2>&1
`;

/** A bash whose variables live in a file of `home`. */
export async function openShell({ cwd, home, env }: ShellOptions): Promise<Shell> {
  const state = join(home, 'shell-state');
  await writeFile(state, '');
  let lastCode = 0;
  const bash = (text: string): Promise<CommandResult> =>
    run(['bash', '-c', `${PRELUDE}${text}`], {
      env: { ...env, HOME: home, DOCS_STATE: state, DOCS_CWD: cwd },
      timeoutMs: TIMEOUT_MS,
    });
  return {
    script: text => bash(`set -e\n${text}`),
    async command(text) {
      const result = await bash(`(exit ${lastCode})\n${text}`);
      lastCode = result.code;
      return result;
    },
  };
}
