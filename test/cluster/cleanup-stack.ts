/** What was started and has to be undone, newest first; also when the run is interrupted. */
export class CleanupStack {
  readonly #steps: { readonly what: string; readonly undo: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  constructor() {
    watchSignals();
    open.add(this);
  }

  /** Remembers how to undo what was just done. */
  defer(what: string, undo: () => unknown): void {
    this.#steps.push({ what, undo });
  }

  /** Undoes everything. A step that fails does not keep the others from running; all failures are thrown together. */
  close(): Promise<void> {
    this.#closing ??= this.#undoAll();
    return this.#closing;
  }

  async #undoAll(): Promise<void> {
    const failures: Error[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (cause) {
        failures.push(new Error(`could not undo: ${step.what}`, { cause }));
      }
    }
    open.delete(this);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  }
}

const open = new Set<CleanupStack>();
let watching = false;

function watchSignals(): void {
  if (watching) return;
  watching = true;
  let interrupted = false;
  const onSignal = async (): Promise<void> => {
    // mocha passes Ctrl-C on as SIGINT and SIGTERM at once: only the first starts the clean-up.
    if (interrupted) return;
    interrupted = true;
    await Promise.allSettled([...open].map(stack => stack.close()));
    process.kill(process.pid, 'SIGKILL');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void onSignal());
}
