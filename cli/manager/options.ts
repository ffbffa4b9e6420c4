import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { Lives } from '../../certs/lives.ts';
import type { LogLevel } from '../../runtime/log-fields.ts';
import { type AccessOptions, readAccessOptions } from '../kube-access.ts';
import { type ListenAddress, OptionReader, type RawOptions } from '../option-reader.ts';

/** Default of `--namespace`. */
export const MANAGER_NAMESPACE_DEFAULT = SYSTEM_NAMESPACE;

/** The peer's names; on by default here. */
export const FEATURE_GATES = {
  KruiseDaemon: true,
  ImagePullJobGate: true,
  PreDownloadImageForInPlaceUpdate: true,
  PreDownloadImageForDaemonSetUpdate: true,
} as const;
export type FeatureGate = keyof typeof FEATURE_GATES;

/** The page that shows jobs and nodes. */
export interface DashboardOptions extends ListenAddress {
  /** Where the built page is. */
  readonly page: URL;
}

/** Beside the bundle, as scripts/build.mjs puts it. */
const PAGE = new URL('./dashboard/', import.meta.url);

export interface ManagerOptions {
  readonly namespace: string;
  readonly access: AccessOptions;
  readonly webhook: ListenAddress;
  /** Where the certificate of the webhooks comes from: `folder` when it is set, else the manager makes it. */
  readonly certificates: { readonly folder: string | undefined; readonly lives: Lives };
  readonly metrics: ListenAddress;
  /** Absent: there is no dashboard. */
  readonly dashboard?: DashboardOptions;
  readonly leaderElect: boolean;
  readonly leaseDurationMs: number;
  /** 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
  readonly gates: Readonly<Record<FeatureGate, boolean>>;
  readonly logLevel: LogLevel;
}

/** Turns the flags of `headstart manager` into options; throws CONFIG_INVALID with every problem. */
export function readManagerOptions(raw: RawOptions): ManagerOptions {
  const reader = new OptionReader(raw);
  const options = {
    namespace: reader.requiredText('namespace', 'the namespace the manager runs in'),
    access: readAccessOptions(reader),
    webhook: {
      host: reader.requiredText('webhookHost', 'an address to listen on'),
      port: reader.integer('webhookPort', { min: 0, max: 65535 }),
    },
    certificates: { folder: reader.text('webhookCertDir'), lives: readLives(reader) },
    metrics: reader.address('metricsAddress'),
    ...readDashboard(reader),
    leaderElect: reader.flag('leaderElect'),
    leaseDurationMs: reader.integer('leaseSeconds', { min: 4, max: 300 }) * 1000,
    maxPullsPerRegistry: reader.integer('maxPullsPerRegistry', { min: 0, max: 100_000 }),
    gates: reader.featureGates<FeatureGate>('featureGates', FEATURE_GATES),
    logLevel: reader.oneOf<LogLevel>('logLevel', ['info', 'debug', 'warn', 'error']),
  };
  reader.finish();
  return options;
}

function readDashboard(reader: OptionReader): { dashboard?: DashboardOptions } {
  if (!reader.flag('dashboard')) return {};
  return { dashboard: { ...reader.address('dashboardAddress'), page: PAGE } };
}

function readLives(reader: OptionReader): Lives {
  const bounds = { min: '10s', max: '36500d' };
  const lives = {
    authorityMs: reader.durationMs('webhookCaLifetime', bounds),
    servingMs: reader.durationMs('webhookCertLifetime', bounds),
  };
  if (lives.servingMs * 2 > lives.authorityMs) {
    reader.problem('webhookCertLifetime', 'must be at most half of --webhook-ca-lifetime');
  }
  return lives;
}
