import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a process of nodes tells the bench. */
export type Said =
  | { readonly kind: 'ready' }
  | { readonly kind: 'first tag' }
  | { readonly kind: 'last tag gone' }
  | ({ readonly kind: 'report' } & NodesReport);

/** What it answers when it is asked. */
export interface NodesReport {
  /** The most pulls at once, by the uid of the job. */
  readonly mostAtOnce: Readonly<Record<string, number>>;
  /** Images that kubelets had to pull themselves, because they were not there in time. */
  readonly kubeletPulls: readonly string[];
}

/** The process that plays all nodes. */
export interface NodesProcess extends AsyncDisposable {
  /** Resolves when the process says so the next time. */
  next<K extends Said['kind']>(kind: K): Promise<Extract<Said, { readonly kind: K }>>;
  report(): Promise<NodesReport>;
}

/** Runs a program of bench/ in a process of its own; it gets `argument` as JSON. Resolves when it is ready. */
export async function startNodes(program: string, argument: object): Promise<NodesProcess> {
  const child = fork(join(import.meta.dirname, program), [JSON.stringify(argument)], {
    execArgv: ['--import', 'tsx'],
  });
  const ended = once(child, 'exit');
  const next: NodesProcess['next'] = kind =>
    new Promise((resolve, reject) => {
      const onMessage = (said: unknown): void => {
        // Only our own programs speak here.
        const message = said as Said;
        if (message.kind !== kind) return;
        child.off('message', onMessage);
        resolve(message as Extract<Said, { readonly kind: typeof kind }>);
      };
      child.on('message', onMessage);
      child.once('exit', () => reject(new Error(`${program} ended before: ${kind}`)));
    });
  await next('ready');
  return {
    next,
    async report() {
      const answer = next('report');
      child.send('report');
      return answer;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

/** For programs that {@link startNodes} runs: tells the parent. */
export const tell = (said: Said): void => void process.send?.(said);

/** For programs that {@link startNodes} runs: answers the parent's question. */
export function answerWith(report: () => NodesReport): void {
  process.on('message', () => tell({ kind: 'report', ...report() }));
}
