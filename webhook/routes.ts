import { DAEMON_NAMESPACE, GROUP, SERVED_VERSIONS, SYSTEM_NAMESPACE } from '../api/names.ts';
import type { Resource } from '../api/resource.ts';
import {
  ADVANCED_DAEMON_SETS,
  ADVANCED_STATEFUL_SETS,
  CLONE_SETS,
  DAEMON_SETS,
  DEPLOYMENTS,
  IMAGE_LIST_PULL_JOBS,
  IMAGE_PULL_JOBS,
  NODE_IMAGES,
  STATEFUL_SETS,
} from '../api/resources.ts';
import type { Handler, Operation } from './admission.ts';
import {
  ASKS_FOR_PREDOWNLOAD,
  type MatchCondition,
  MENTIONS_PREDOWNLOAD,
  NOT_BY_MANAGER,
  SETTINGS_CHANGED,
  TEMPLATE_OR_MARK_CHANGED,
} from './match-conditions.ts';
import {
  IMAGE_LIST_PULL_JOB,
  IMAGE_PULL_JOB,
  mutateOwnKind,
  NODE_IMAGE,
  validateOwnKind,
} from './own-kinds.ts';
import { checkWorkloadSettings, markImageChange } from './workloads.ts';

/** How the API server calls every webhook of ours: it never waits long for Headstart and goes on without it. */
export const WEBHOOK_POLICY = {
  failurePolicy: 'Ignore',
  timeoutSeconds: 2,
  sideEffects: 'None',
  matchPolicy: 'Equivalent',
  /** Mutating webhooks only. */
  reinvocationPolicy: 'IfNeeded',
  admissionReviewVersions: ['v1', 'v1beta1'],
} as const;

/** What a route serves: one kind, the object itself and never its subresources. */
export interface RouteResources {
  readonly group: string;
  readonly versions: readonly string[];
  readonly plural: string;
  readonly kind: string;
}

/** One webhook: an entry of our webhook configurations and a path of the server. */
export interface Route {
  readonly type: 'mutating' | 'validating';
  /** On the server; the peer's paths for its kinds. */
  readonly path: string;
  /** Of the webhook; stands in what kubectl prints. */
  readonly name: string;
  readonly resources: RouteResources;
  /** Other operations are allowed unseen. */
  readonly operations: readonly Operation[];
  /** Whether it judges writes of the status, too. */
  readonly seesStatus?: true;
  /** All must hold for the API server to call. */
  readonly matchConditions: readonly MatchCondition[];
  /** Objects in these namespaces are not sent. */
  readonly excludedNamespaces: readonly string[];
  /** Whether it gives way under load: what it would have seen is found later. */
  readonly canWait: boolean;
  readonly handler: Handler;
}

type Row = Pick<Route, 'matchConditions' | 'excludedNamespaces' | 'canWait' | 'handler'>;

const VERBS = { mutating: 'mutate', validating: 'validate' } as const;

function route(type: Route['type'], { group, version, plural, kind }: Resource, row: Row): Route {
  const word = kind.toLowerCase();
  const isPeers = group === GROUP;
  return {
    type,
    path: `/${VERBS[type]}-${group.replaceAll('.', '-')}-${word}`,
    name: `${VERBS[type]}.${word}.${isPeers ? '' : `${group}.`}headstart`,
    resources: { group, versions: isPeers ? SERVED_VERSIONS : [version], plural, kind },
    operations: ['CREATE', 'UPDATE'],
    ...row,
  };
}

const ownKind = (handler: Handler): Row => ({
  matchConditions: [NOT_BY_MANAGER],
  excludedNamespaces: [],
  canWait: false,
  handler,
});

const workload = (handler: Handler, ...matchConditions: readonly MatchCondition[]): Row => ({
  matchConditions,
  excludedNamespaces: ['kube-system', SYSTEM_NAMESPACE, DAEMON_NAMESPACE],
  canWait: true,
  handler,
});

const marking = workload(markImageChange, TEMPLATE_OR_MARK_CHANGED);
const checking = workload(checkWorkloadSettings, SETTINGS_CHANGED);
/** Of apps/v1: the many objects that did not ask are never sent. */
const markingOnRequest = workload(markImageChange, ASKS_FOR_PREDOWNLOAD, TEMPLATE_OR_MARK_CHANGED);
const checkingOnRequest = workload(checkWorkloadSettings, MENTIONS_PREDOWNLOAD, SETTINGS_CHANGED);

/** Every webhook. The server, the webhook configurations and the tests are made from this table. */
export const ROUTES: readonly Route[] = [
  route('mutating', IMAGE_PULL_JOBS, ownKind(mutateOwnKind(IMAGE_PULL_JOB))),
  route('validating', IMAGE_PULL_JOBS, ownKind(validateOwnKind(IMAGE_PULL_JOB))),
  route('mutating', IMAGE_LIST_PULL_JOBS, ownKind(mutateOwnKind(IMAGE_LIST_PULL_JOB))),
  route('validating', IMAGE_LIST_PULL_JOBS, ownKind(validateOwnKind(IMAGE_LIST_PULL_JOB))),
  route('mutating', NODE_IMAGES, ownKind(mutateOwnKind(NODE_IMAGE))),
  route('validating', NODE_IMAGES, ownKind(validateOwnKind(NODE_IMAGE))),
  route('mutating', CLONE_SETS, marking),
  route('validating', CLONE_SETS, checking),
  route('mutating', ADVANCED_STATEFUL_SETS, marking),
  route('validating', ADVANCED_STATEFUL_SETS, checking),
  route('mutating', ADVANCED_DAEMON_SETS, marking),
  route('validating', ADVANCED_DAEMON_SETS, checking),
  route('mutating', DEPLOYMENTS, markingOnRequest),
  route('validating', DEPLOYMENTS, checkingOnRequest),
  route('mutating', STATEFUL_SETS, markingOnRequest),
  route('validating', STATEFUL_SETS, checkingOnRequest),
  route('mutating', DAEMON_SETS, markingOnRequest),
  route('validating', DAEMON_SETS, checkingOnRequest),
];
