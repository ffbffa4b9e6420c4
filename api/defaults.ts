/** Default values, equal to the peer's (OpenKruise v1.9) unless a comment says otherwise. */

/** `spec.parallelism` of a job that says nothing. */
export const DEFAULT_PARALLELISM = 1;
/** `pullPolicy.timeoutSeconds`: one attempt on one node. */
export const DEFAULT_TIMEOUT_SECONDS = 600;
/** `pullPolicy.backoffLimit`: retries after the first attempt. */
export const DEFAULT_BACKOFF_LIMIT = 3;

/** Attempt limit of the jobs that predownloading makes. (The peer's documents say 600; its code, like ours, says 300.) */
export const PREDOWNLOAD_TIMEOUT_SECONDS = 300;
/** Retries of the jobs that predownloading makes: the kubelet pulls anyway if both attempts fail. */
export const PREDOWNLOAD_BACKOFF_LIMIT = 1;
/** Nodes that predownloading warms at once when the workload says nothing. */
export const PREDOWNLOAD_PARALLELISM = 1;
/** Workloads with more replicas than this are warmed by themselves; smaller ones only with `headstart/predownload: always`. */
export const PREDOWNLOAD_REPLICAS_ABOVE = 3;
/** Updated ready pods that must exist before predownloading starts. */
export const PREDOWNLOAD_MIN_UPDATED_READY_PODS = 0;

/** `updateStrategy` of a CloneSet that says nothing. */
export const CLONE_SET_MAX_UNAVAILABLE = '20%';
/** `updateStrategy` of an Advanced StatefulSet that says nothing. */
export const STATEFUL_SET_MAX_UNAVAILABLE = 1;
/** `updateStrategy` of a DaemonSet that says nothing. */
export const DAEMON_SET_MAX_UNAVAILABLE = 1;
/** `strategy` of a Deployment that says nothing. */
export const DEPLOYMENT_MAX_UNAVAILABLE = '25%';
/** `spec.replicas` of a workload that says nothing. */
export const DEFAULT_REPLICAS = 1;
