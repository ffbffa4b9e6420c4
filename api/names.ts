/** Every name that Headstart writes into a cluster or reads from one. */

export const GROUP = 'apps.kruise.io';
export const STORAGE_VERSION = 'v1beta1';
export const SERVED_VERSIONS = ['v1alpha1', 'v1beta1'] as const;

/** Field managers of our writes. */
export const MANAGER_FIELD_MANAGER = 'headstart-manager';
export const DAEMON_FIELD_MANAGER = 'headstart-daemon';

/**
 * The manager's namespace and the daemon's (two, because the daemon mounts the runtime's socket and so cannot live under pod
 * security `restricted`), and where pull secrets are mirrored to (the peer's name).
 */
export const SYSTEM_NAMESPACE = 'headstart-system';
export const DAEMON_NAMESPACE = 'headstart-daemon';
export const DAEMON_SECRETS_NAMESPACE = 'kruise-daemon-config';

/** The ServiceAccounts that manager and daemon run under. */
export const MANAGER_SERVICE_ACCOUNT = 'headstart-manager';
export const DAEMON_SERVICE_ACCOUNT = 'headstart-daemon';

/** What the manager needs to find in SYSTEM_NAMESPACE, or makes there. */
export const MANAGER_DEPLOYMENT = 'headstart-manager';
export const LEADER_LEASE = 'headstart-manager';
export const WEBHOOK_SERVICE = 'headstart-webhook';
export const WEBHOOK_CERTIFICATES_SECRET = 'headstart-webhook-certs';
/** Ceilings of pulls by registry; people make it. */
export const REGISTRY_BUDGET_CONFIG_MAP = 'headstart-registry-budget';

/** Our webhook configurations; no other is ever touched. The third is opt-in. */
export const MUTATING_WEBHOOK_CONFIGURATION = 'headstart-mutating';
export const VALIDATING_WEBHOOK_CONFIGURATION = 'headstart-validating';
export const NODE_ISOLATION_WEBHOOK_CONFIGURATION = 'headstart-node-isolation';

/** Workload annotations that tune predownloading (the peer's names). */
export const ANNOTATION_PARALLELISM = 'apps.kruise.io/image-predownload-parallelism';
export const ANNOTATION_TIMEOUT_SECONDS = 'apps.kruise.io/image-predownload-timeout-seconds';
export const ANNOTATION_MIN_UPDATED_READY_PODS =
  'apps.kruise.io/image-predownload-min-updated-ready-pods';

/** Workload annotation: `auto` (default), `always` or `never`. */
export const ANNOTATION_PREDOWNLOAD = 'headstart/predownload';
/** Written by the mutating webhook: compact JSON, container → {from, to}. */
export const ANNOTATION_IMAGE_CHANGE = 'headstart/image-change';

/**
 * On jobs that predownloading made before the new revision has a name: how many pods the workload updates at once. Their
 * kubelets pull at this very moment, so their nodes are served last.
 */
export const ANNOTATION_UPDATES_AT_ONCE = 'headstart/updates-at-once';

/** Labels on the jobs that predownloading makes. Over-long values are shortened; the full value is an annotation of the same key. */
export const LABEL_WORKLOAD_KIND = 'headstart/workload-kind';
export const LABEL_WORKLOAD = 'headstart/workload';
export const LABEL_REVISION = 'headstart/revision';
/** On children of a list job: the list job's name. */
export const LABEL_LIST_JOB = 'headstart/list-job';
/** On children of a list job: hash of the template they were made from. */
export const LABEL_TEMPLATE_HASH = 'controller-revision-hash';
/** On pods of every workload but Deployments: the revision they run. */
export const LABEL_CONTROLLER_REVISION_HASH = 'controller-revision-hash';
/** On pods and ReplicaSets of Deployments: the revision they run. */
export const LABEL_POD_TEMPLATE_HASH = 'pod-template-hash';

/** On unfinished ImagePullJobs that use pull secrets (the peer's name). */
export const FINALIZER_DELETION_PROTECTION = 'apps.kruise.io/deletion-protection';

/** Annotations of mirrored pull secrets (the peer's names). */
export const ANNOTATION_SECRET_SOURCE = 'imagepulljobs.kruise.io/source-key';
export const ANNOTATION_SECRET_REFERENCES = 'imagepulljobs.kruise.io/references';
export const ANNOTATION_SECRET_MODE = 'imagepulljobs.kruise.io/mode';
export const SECRET_MODE_BATCH = 'batch';
/** On mirrored pull secrets: when their credentials last changed, RFC 3339. Pulls that failed before it are tried again. */
export const ANNOTATION_SECRET_UPDATED = 'headstart/updated-at';

/** Sent to the runtime with every pull (the peer's key; our value). */
export const ANNOTATION_PULLING_BY = 'apps.kruise.io/pulling-image-by';

/** NodeImages with this label belong to no Node and are left alone (the peer's name). */
export const LABEL_FAKE_NODE_IMAGE = 'apps.kruise.io/fake-nodeimage';
