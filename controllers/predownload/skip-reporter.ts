import type { Skip } from '../../api/predownload-preconditions.ts';
import type { PredownloadSettings } from '../../api/predownload-settings.ts';
import type { UpdateRevision } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import type { Counter } from '../../runtime/metrics.ts';
import type { ControllerDeps } from '../deps.ts';

/** What a report is about. */
interface Reported {
  readonly workload: Workload;
  readonly settings: PredownloadSettings;
  /** Undefined until it has a name. */
  readonly revision: UpdateRevision | undefined;
}

/** Says why a rollout is not predownloaded: once for each revision and reason, and never as a final answer. */
export class SkipReporter {
  readonly #kind: WorkloadKind;
  readonly #deps: ControllerDeps;
  readonly #skips: Counter;
  /** Workload uid → what was counted last, so that a metric counts decisions and not reconciles. */
  readonly #last = new Map<string, string>();

  constructor(kind: WorkloadKind, deps: ControllerDeps) {
    this.#kind = kind;
    this.#deps = deps;
    this.#skips = deps.metrics.counter({
      name: 'headstart_predownload_skips_total',
      help: 'Rollouts that were not predownloaded, by reason.',
      labelNames: ['kind', 'reason'],
    });
  }

  /** Reports a skip and unusable settings. */
  report({ workload, settings, revision: found }: Reported, skip: Skip | undefined): void {
    const revision = found?.name;
    // The first looks at a new template come before its revision has a name; they are not told, so that one skip is not told twice.
    if (revision === undefined) return;
    for (const problem of settings.problems) {
      this.#deps.events.event(workload, {
        type: 'Warning',
        reason: 'InvalidPreDownloadSetting',
        message: problem,
        once: `${revision}/${problem}`,
      });
    }
    if (skip === undefined || !this.#isNews(workload, `${revision}/${skip.reason}`)) return;
    this.#skips.inc({ kind: this.#kind.kind, reason: skip.reason });
    if (!skip.event) return;
    this.#deps.events.event(workload, {
      type: 'Normal',
      reason: 'PreDownloadSkipped',
      message: `${skip.reason}: ${skip.message}`,
      once: `${revision}/${skip.reason}`,
    });
  }

  /** Forgets a workload that is gone. */
  forget(workload: Workload): void {
    this.#last.delete(workload.metadata.uid ?? '');
  }

  #isNews(workload: Workload, finding: string): boolean {
    const uid = workload.metadata.uid ?? '';
    if (this.#last.get(uid) === finding) return false;
    this.#last.set(uid, finding);
    return true;
  }
}
