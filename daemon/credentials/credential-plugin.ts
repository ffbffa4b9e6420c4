import { join } from 'node:path';
import { untilAborted } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { RegistryCredential } from './docker-config.ts';
import { PluginCache } from './plugin-cache.ts';
import type { PluginConfig } from './plugin-config.ts';
import type { PluginMetrics, PluginOutcome } from './plugin-metrics.ts';
import { type PluginProcessResult, runPluginProcess } from './plugin-process.ts';
import { problemOfProgram } from './plugin-program.ts';
import { type PluginAnswer, pluginRequest, readPluginAnswer } from './plugin-protocol.ts';
import { matchesRegistry, splitAddress } from './registry-pattern.ts';

export interface CredentialPluginOptions {
  /** Where the plugins' programs are. */
  readonly binDir: string;
}

export interface CredentialPluginDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: PluginMetrics;
  /** What a plugin inherits, before its configuration adds to it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends what still runs. */
  readonly life: AbortSignal;
}

/** What a plugin gave for an image. */
export type PluginCredentials =
  | { readonly kind: 'answered'; readonly credentials: readonly RegistryCredential[] }
  | { readonly kind: 'failed'; readonly problem: string };

/** A call that runs, and what it is known to be good for. */
interface Flight {
  readonly image: string;
  readonly result: Promise<PluginAnswer | Failure>;
}

interface Failure {
  readonly problem: string;
  readonly outcome: Exclude<PluginOutcome, 'answered' | 'empty'>;
}

/** One credential provider: runs its program when needed, and keeps what it answers. */
export class CredentialPlugin {
  readonly config: PluginConfig;
  readonly #options: CredentialPluginOptions;
  readonly #deps: CredentialPluginDeps;
  readonly #cache: PluginCache;
  /** Calls under way by the cache key that their answer will have, as far as that is known. */
  readonly #flights = new Map<string, Flight>();

  constructor(config: PluginConfig, options: CredentialPluginOptions, deps: CredentialPluginDeps) {
    this.config = config;
    this.#options = options;
    this.#deps = deps;
    this.#cache = new PluginCache(deps.clock);
  }

  /** True when `repository` is one of those that the plugin is for. */
  isFor(repository: string): boolean {
    const address = splitAddress(repository);
    return this.config.matchImages.some(pattern => matchesRegistry(pattern, address));
  }

  /** What the plugin has for a repository; `fresh` passes over what is kept. Rejects only when `signal` aborts; a call goes on for others. */
  async credentials(
    repository: string,
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<PluginCredentials> {
    const kept = fresh ? undefined : this.#cache.get(repository);
    if (kept !== undefined) return { kind: 'answered', credentials: kept };
    const answer = await untilAborted(this.#call(repository), signal);
    return 'problem' in answer
      ? { kind: 'failed', problem: answer.problem }
      : { kind: 'answered', credentials: answer.credentials };
  }

  /**
   * Nobody starts a program for what another call will answer. Before the first answer it is not known what answers are good for; then all wait for
   * that one.
   */
  async #call(image: string): Promise<PluginAnswer | Failure> {
    for (;;) {
      const key = this.#cache.keyOf(image);
      const flight = this.#flights.get(key);
      if (flight === undefined) return this.#start(key, image).result;
      const answer = await flight.result;
      if ('problem' in answer || this.#cache.covers(answer, flight.image, image)) return answer;
    }
  }

  #start(key: string, image: string): Flight {
    const result = this.#run(image).finally(() => this.#flights.delete(key));
    const flight = { image, result };
    this.#flights.set(key, flight);
    return flight;
  }

  async #run(image: string): Promise<PluginAnswer | Failure> {
    const { clock, log, metrics } = this.#deps;
    const { name } = this.config;
    const startedAtMs = clock.monotonicMs();
    const answer = await this.#answer(image);
    const outcome = outcomeOf(answer);
    metrics.called(name, outcome, clock.monotonicMs() - startedAtMs);
    if ('problem' in answer) {
      log.warn('Credential plugin failed', { plugin: name, outcome, problem: answer.problem });
    } else {
      this.#cache.store(image, answer, this.config.defaultCacheDurationMs);
    }
    return answer;
  }

  async #answer(image: string): Promise<PluginAnswer | Failure> {
    const { name, apiVersion, args, env } = this.config;
    const path = join(this.#options.binDir, name);
    const unfit = await problemOfProgram(path);
    if (unfit !== undefined) return { problem: unfit, outcome: 'failed' };
    const process = {
      path,
      args,
      env: { ...this.#deps.env, ...env },
      stdin: pluginRequest(apiVersion, image),
    };
    const { clock, life } = this.#deps;
    const ended = await runPluginProcess(process, { clock, signal: life });
    return answerOf(ended, apiVersion);
  }
}

function outcomeOf(answer: PluginAnswer | Failure): PluginOutcome {
  if ('problem' in answer) return answer.outcome;
  return answer.credentials.length > 0 ? 'answered' : 'empty';
}

function answerOf(
  ended: PluginProcessResult,
  apiVersion: PluginConfig['apiVersion'],
): PluginAnswer | Failure {
  if (ended.kind !== 'answered') return { problem: ended.problem, outcome: ended.kind };
  const read = readPluginAnswer(ended.stdout, apiVersion);
  return read.ok ? read.answer : { problem: `answered with ${read.problem}`, outcome: 'malformed' };
}
