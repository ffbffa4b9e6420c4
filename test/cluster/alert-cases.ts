/** Series as promtool writes them: `first+step x times`, one sample a minute. */
type Series = Readonly<Record<string, string>>;

/** What one alert is tested with, two hours of it. */
export interface AlertCase {
  readonly alert: string;
  /** Two hours that end in the alert. */
  readonly fires: Series;
  /** Two hours that come near to it. */
  readonly quiet: Series;
  /** How many alerts fire at the end, one unless said. */
  readonly alerts?: number;
}

const always = (value: number | string): string => `${value}+0x120`;
const growing = (perMinute: number): string => `0+${perMinute}x120`;
/** Begins when an hour and a half has passed. */
const late = (value: number): string => `${value === 0 ? 1 : 0}+0x90 ${value}+0x30`;

const leader = 'leader_election_master_status{name="headstart-manager",instance="a"}';
const expiry = 'headstart_webhook_certificate_expiry_timestamp_seconds{instance="a"}';
const requests = (result: string): string =>
  `headstart_webhook_requests_total{webhook="w",result="${result}",code="200"}`;
const answers = (le: string): string =>
  `headstart_webhook_request_duration_seconds_bucket{webhook="w",le="${le}"}`;
const ours = 'headstart_cache_objects{instance="a",resource="nodes"}';
const reconcileErrors = (instance: string): string =>
  `controller_runtime_reconcile_errors_total{controller="c",instance="${instance}"}`;
const longest = 'workqueue_longest_running_processor_seconds{name="q",instance="a"}';
const watches = (what: string): string =>
  `headstart_reflector_total{resource="nodes",what="${what}"}`;
const ended = (result: string): string =>
  `headstart_jobs_ended_total{result="${result}",reason="r"}`;
const jobs = (state: string): string => `headstart_jobs{state="${state}"}`;
const targets = (state: string): string => `headstart_targets{state="${state}"}`;
const waiting = 'headstart_registry_targets_waiting{registry="r"}';
const limit = 'headstart_registry_pulls_limit{registry="r"}';
const mistakes = 'headstart_registry_budget_mistakes{instance="a"}';
const nodes = 'headstart_cache_objects{resource="nodeimages.apps.kruise.io"}';
const runtime = (instance: string): string => `headstart_runtime_available{instance="${instance}"}`;
const pulls = (result: string): string => `headstart_pulls_total{result="${result}"}`;
const plugin = (outcome: string): string =>
  `headstart_credential_plugin_calls_total{plugin="p",outcome="${outcome}"}`;
const writes = (result: string): string => `headstart_status_writes_total{result="${result}"}`;

/** Each alert of manifests/observability/alert-rules.yaml. promtool's clock starts at 0, so a certificate's end is seconds from the start. */
export const ALERT_CASES: readonly AlertCase[] = [
  { alert: 'HeadstartNoLeader', fires: { [leader]: late(0) }, quiet: { [leader]: always(1) } },
  { alert: 'HeadstartNoLeader', fires: {}, quiet: { [leader]: always(1) } },
  {
    alert: 'HeadstartCertificateExpiring',
    fires: { [expiry]: always(5 * 86_400) },
    quiet: { [expiry]: always(30 * 86_400) },
  },
  {
    alert: 'HeadstartWebhookErrors',
    fires: { [requests('errored')]: growing(2), [requests('shed')]: growing(1) },
    quiet: { [requests('denied')]: growing(60), [requests('errored')]: always(7) },
  },
  {
    alert: 'HeadstartWebhookSlow',
    fires: {
      [answers('1')]: growing(90),
      [answers('2.5')]: growing(100),
      [answers('+Inf')]: growing(100),
    },
    quiet: {
      [answers('1')]: growing(100),
      [answers('2.5')]: growing(100),
      [answers('+Inf')]: growing(100),
    },
  },
  {
    alert: 'HeadstartReconcileErrors',
    fires: { [reconcileErrors('a')]: growing(30), [ours]: always(1) },
    quiet: {
      [reconcileErrors('of another operator')]: growing(30),
      [reconcileErrors('a')]: growing(1),
      [ours]: always(1),
    },
  },
  {
    alert: 'HeadstartReconcileHangs',
    fires: { [longest]: '0+60x120', [ours]: always(1) },
    quiet: { [longest]: always(30), [ours]: always(1) },
  },
  {
    alert: 'HeadstartWatchesFail',
    fires: { [watches('failure')]: growing(3) },
    quiet: { [watches('failure')]: always(9), [watches('watch')]: growing(3) },
  },
  {
    alert: 'HeadstartJobsFail',
    fires: { [ended('failed')]: growing(0.2), [ended('complete')]: growing(0.5) },
    quiet: { [ended('failed')]: growing(0.2), [ended('complete')]: growing(5) },
  },
  {
    alert: 'HeadstartJobsStuck',
    fires: {
      [jobs('Pulling')]: always(2),
      [targets('waiting')]: always(9),
      [targets('active')]: late(0),
    },
    quiet: {
      [jobs('Pulling')]: always(0),
      [jobs('Paused')]: always(1),
      [targets('waiting')]: always(9),
      [targets('active')]: always(0),
    },
  },
  {
    alert: 'HeadstartRegistrySaturated',
    fires: { [waiting]: always(40), [limit]: always(20) },
    quiet: { [waiting]: always(40), [limit]: always(0) },
  },
  {
    alert: 'HeadstartRegistryBudgetMistakes',
    fires: { [mistakes]: always(1) },
    quiet: { [mistakes]: always(0) },
  },
  {
    alert: 'HeadstartDaemonsMissing',
    fires: { [nodes]: always(3), [runtime('1')]: always(1), [runtime('2')]: always(0) },
    quiet: { [nodes]: always(2), [runtime('1')]: always(1), [runtime('2')]: always(0) },
  },
  {
    alert: 'HeadstartDaemonsMissing',
    fires: { [nodes]: always(3) },
    quiet: { [nodes]: always(0) },
  },
  {
    alert: 'HeadstartRuntimeUnavailable',
    fires: { [runtime('1')]: late(0), [runtime('2')]: always(0), [runtime('3')]: always(1) },
    quiet: { [runtime('1')]: always(1) },
    alerts: 2,
  },
  {
    alert: 'HeadstartPullsFail',
    fires: {
      [pulls('Unauthorized')]: growing(1),
      [pulls('Timeout')]: growing(0.1),
      [pulls('Pulled')]: growing(2),
    },
    quiet: {
      [pulls('Unauthorized')]: growing(1),
      [pulls('Pulled')]: growing(5),
      [pulls('Present')]: growing(5),
    },
  },
  {
    alert: 'HeadstartCredentialPluginFails',
    fires: { [plugin('timeout')]: growing(1), [plugin('answered')]: growing(2) },
    quiet: {
      [plugin('timeout')]: growing(1),
      [plugin('answered')]: growing(5),
      [plugin('empty')]: growing(5),
    },
  },
  {
    alert: 'HeadstartStatusWritesFail',
    fires: { [writes('failed')]: growing(1), [writes('written')]: growing(5) },
    quiet: {
      [writes('failed')]: growing(1),
      [writes('conflict')]: growing(5),
      [writes('written')]: growing(50),
    },
  },
];
