import type { ImageTagSpec } from '../../api/node-image.ts';
import type { PullFailureReason } from '../../api/pull-failure.ts';
import type { DownloadedBytes } from '../../daemon/containerd/download-progress.ts';
import type {
  CredentialRequest,
  FoundCredentials,
} from '../../daemon/credentials/credential-source.ts';
import { PullSlots } from '../../daemon/pull-slots.ts';
import { type PullOutcome, type PullTrouble, runPull } from '../../daemon/pull-task.ts';
import { planPulls } from '../../daemon/wanted-pulls.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeRuntime } from './fake-runtime.ts';
import { nodeImage, tagSpec } from './node-images.ts';

/** A pull under test and what it told. */
export class RunningPull {
  outcome?: PullOutcome;
  startedAtMs?: number;
  readonly troubles: PullTrouble[] = [];
  readonly retries: PullFailureReason[] = [];
  readonly bytes: DownloadedBytes[] = [];
  readonly abort = new AbortController();

  get hasEnded(): boolean {
    return this.outcome !== undefined;
  }
}

/** Runs pulls of `nginx:1` against a fake runtime, with one slot and no jitter. */
export class PullWorld {
  readonly clock = new FakeClock();
  readonly runtime = new FakeRuntime();
  readonly #slots = new PullSlots({ limit: 1 }, { clock: this.clock, metrics: noMetrics });
  /** Why nothing should be pulled now. */
  diskProblem: string | undefined;
  /** What asking for credentials gives. */
  found: FoundCredentials = { credentials: [], problems: [] };
  /** Looks for them. */
  find: () => FoundCredentials | Promise<FoundCredentials> = () => this.found;
  /** Requests for credentials so far. */
  readonly asked: CredentialRequest[] = [];

  /** Starts a pull and lets `ms` pass. */
  async run(spec: Partial<ImageTagSpec> = {}, ms = 0, name = 'nginx'): Promise<RunningPull> {
    const running = this.#start(name, spec);
    await this.clock.advance(ms);
    return running;
  }

  #start(name: string, spec: Partial<ImageTagSpec>): RunningPull {
    const running = new RunningPull();
    const image = {
      tags: [tagSpec('1', spec)],
      pullSecrets: [{ namespace: 'ns', name: 'pull' }],
      sandboxConfig: { labels: { app: 'x' }, annotations: { team: 'y' } },
    };
    const deps = {
      runtime: this.runtime,
      slots: this.#slots,
      imageFs: { problem: () => Promise.resolve(this.diskProblem) },
      clock: this.clock,
      random: () => 0,
      credentials: async (request: CredentialRequest) => {
        this.asked.push(request);
        return this.find();
      },
      onStart: () => {
        running.startedAtMs = this.clock.monotonicMs();
      },
      onBytes: (bytes: DownloadedBytes) => void running.bytes.push(bytes),
      onTrouble: (trouble: PullTrouble) => void running.troubles.push(trouble),
      onRetry: (reason: PullFailureReason) => void running.retries.push(reason),
    };
    for (const pull of planPulls(nodeImage({ [name]: image }), new Map()).start) {
      void runPull(pull, deps, running.abort.signal).then(outcome => {
        running.outcome = outcome;
      });
    }
    return running;
  }
}
