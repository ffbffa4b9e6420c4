import { SYSTEM_NAMESPACE } from '../api/names.ts';
import type { Controller } from '../kube/controller.ts';
import type { ControllerDeps } from './deps.ts';
import { setupImageListPullJobController } from './image-list-pull-job/setup.ts';
import { setupImagePullJobController } from './image-pull-job/setup.ts';
import { setupNodeImageController } from './node-image/setup.ts';
import { KnownNodeImages } from './node-image-writer/known-node-images.ts';
import { NodeImageWriter } from './node-image-writer/writer.ts';
import { setupPredownloadControllers } from './predownload/setup.ts';

/** Jobs are few and wait for the writer most of the time. */
const JOB_WORKERS = 8;
/** Creating a NodeImage is one write; more at once gain nothing (measured: the API server is bound by its CPU). */
const NODE_WORKERS = 32;

export interface ControllersOptions {
  /** Feature gates, by the peer's names. */
  readonly gates: {
    readonly KruiseDaemon: boolean;
    readonly ImagePullJobGate: boolean;
    readonly PreDownloadImageForInPlaceUpdate: boolean;
    readonly PreDownloadImageForDaemonSetUpdate: boolean;
  };
  /** Limit of one write of a NodeImage. Shorter than the time from a leader's last renewal to the next leader, less the renew deadline. */
  readonly writeDeadlineMs: number;
  /** Pulls at once from any registry that has no ceiling of its own; 0 (default): no ceiling. */
  readonly maxPullsPerRegistry?: number;
  /** The manager's; Events about registries stand there. Default: {@link SYSTEM_NAMESPACE}. */
  readonly namespace?: string;
}

/** All controllers. They follow changes from now on; they act while they run, which is up to the leader. */
export function setupControllers(
  options: ControllersOptions,
  deps: ControllerDeps,
): readonly Controller[] {
  const { gates, writeDeadlineMs, maxPullsPerRegistry = 0, namespace = SYSTEM_NAMESPACE } = options;
  // First of all, so that every other handler of a change sees what it knows.
  const known = new KnownNodeImages({ ...deps, informer: deps.informers.nodeImages });
  const writer = new NodeImageWriter({ writeDeadlineMs }, { ...deps, known });
  const shared = { ...deps, known, writer };
  const jobs = gates.KruiseDaemon && gates.ImagePullJobGate;
  return [
    ...(gates.KruiseDaemon ? [setupNodeImageController({ workers: NODE_WORKERS }, shared)] : []),
    setupImagePullJobController(
      { workers: JOB_WORKERS, enabled: jobs, maxPullsPerRegistry, namespace },
      shared,
    ),
    ...(jobs ? [setupImageListPullJobController(deps)] : []),
    ...setupPredownloadControllers(
      {
        PreDownloadImageForInPlaceUpdate: jobs && gates.PreDownloadImageForInPlaceUpdate,
        PreDownloadImageForDaemonSetUpdate: jobs && gates.PreDownloadImageForDaemonSetUpdate,
      },
      deps,
    ),
  ];
}
