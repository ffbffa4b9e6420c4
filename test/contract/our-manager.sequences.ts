import {
  at,
  DIGEST,
  entry,
  failed,
  type ManagerSequence,
  owner,
  pulling,
  succeeded,
  waiting,
} from './our-manager.steps.ts';

/** What OpenKruise's daemon writes into `message`, and what a job makes of it. */
const FAILURES: readonly (readonly [message: string, reason: string])[] = [
  [
    'Failed to pull image reference "nginx:1.27": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.27": not found',
    'NotFound',
  ],
  [
    'Failed to pull image reference "nginx:1.27": rpc error: code = Unknown desc = failed to authorize: unexpected status: 401 Unauthorized',
    'Unauthorized',
  ],
  ['pulling image nginx:1.27 is canceled', 'Timeout'],
  ['pulling exceeds the activeDeadlineSeconds', 'DeadlineExceeded'],
  ['couldn\'t parse image name "nginx:1.27:": invalid reference format', 'InvalidReference'],
  [
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial unix /hostvarrun/containerd.sock"',
    'RuntimeUnavailable',
  ],
  ['pulling image nginx:1.27 internal error', 'PullFailed'],
];

/** What OpenKruise's daemon answers to our manager. */
export const MANAGER_SEQUENCES: readonly ManagerSequence[] = [
  {
    title: 'a pull that succeeds: Waiting, Pulling, Succeeded, each told 3 to 5 s later',
    sections: 'daemon 3.2 to 3.4, 3.7; control plane 5.5, 5.7, 5.9',
    steps: [
      { job: 'warm', uid: 'uid-a', spec: {} },
      { wants: { nginx: { tags: [entry(0, at(0), [owner('warm', 'uid-a')])] } } },
      { says: 'warm', status: { desired: 1, active: 1, message: 'job is running, progress 0.0%' } },
      { seconds: 3 },
      { reports: { nginx: [waiting(0)] } },
      { seconds: 4 },
      { reports: { nginx: [pulling(0, at(3))] } },
      { says: 'warm', status: { active: 1, succeeded: 0, failed: 0 } },
      { seconds: 5 },
      { reports: { nginx: [succeeded(0, at(3), at(9))] } },
      {
        says: 'warm',
        status: { desired: 1, active: 0, succeeded: 1, failed: 0, message: 'job has completed' },
      },
    ],
  },
  {
    title: 'a tag whose worker has not reported is counted by the daemon and missing from its list',
    sections: 'daemon 3.2, 3.3',
    steps: [
      { job: 'warm', uid: 'uid-a', spec: {} },
      { seconds: 3 },
      { reports: {} },
      { says: 'warm', status: { desired: 1, active: 1 } },
    ],
  },
  {
    title: 'a daemon that starts again begins the same version anew',
    sections: 'daemon 3.3',
    steps: [
      { job: 'warm', uid: 'uid-a', spec: {} },
      { reports: { nginx: [pulling(0, at(0))] } },
      { seconds: 100 },
      { reports: { nginx: [waiting(0)] } },
      { reports: { nginx: [pulling(0, at(100))] } },
      { says: 'warm', status: { active: 1, failed: 0 } },
      { wants: { nginx: { tags: [entry(0, at(0), [owner('warm', 'uid-a')])] } } },
      { seconds: 30 },
      { reports: { nginx: [succeeded(0, at(100), at(128))] } },
      { says: 'warm', status: { succeeded: 1, message: 'job has completed' } },
    ],
  },
  ...FAILURES.map(([message, reason]) => ({
    title: `a failure without a reason is sorted by its message: ${reason}`,
    sections: 'daemon 3.4, 3.5',
    steps: [
      { job: 'warm', uid: 'uid-a', spec: {} },
      { seconds: 20 },
      { reports: { nginx: [failed(0, at(19), message)] } },
      {
        says: 'warm',
        status: {
          failed: 1,
          failedNodes: ['node-1'],
          message: `job has completed: 1 failed (${reason})`,
          failures: [{ reason, count: 1, exampleNode: 'node-1', exampleMessage: message }],
        },
      },
    ],
  })),
  {
    title: 'a job with pull secrets and a sandbox configuration names both for the image',
    sections: 'daemon 0, 4.1, 5; control plane 1.4, 5.3',
    steps: [
      { secret: 'key' },
      {
        job: 'warm',
        uid: 'uid-a',
        spec: { pullSecrets: ['key'], sandboxConfig: { annotations: { team: 'a' } } },
      },
      {
        wants: {
          nginx: {
            pullSecrets: [
              { namespace: 'kruise-daemon-config', name: 'key-1ddce392a081', mode: 'batch' },
            ],
            sandboxConfig: { annotations: { team: 'a' } },
            tags: [entry(0, at(0), [owner('warm', 'uid-a')])],
          },
        },
      },
    ],
  },
  {
    title: 'a digest is the tag of its entry',
    sections: 'daemon 0; control plane 3.6',
    steps: [
      { job: 'warm', uid: 'uid-a', spec: { image: `docker.io/library/nginx:1@${DIGEST}` } },
      {
        wants: {
          nginx: { tags: [{ ...entry(0, at(0), [owner('warm', 'uid-a')]), tag: DIGEST }] },
        },
      },
    ],
  },
  {
    title:
      'a second job that always pulls raises the version; the first keeps its result though the daemon forgets it',
    sections: 'daemon 0, 3.3; control plane 5.8',
    steps: [
      { job: 'first', uid: 'uid-a', spec: { completionPolicy: { type: 'Never' } } },
      { reports: { nginx: [pulling(0, at(0))] } },
      { seconds: 5 },
      { reports: { nginx: [succeeded(0, at(0), at(4))] } },
      { says: 'first', status: { succeeded: 1 } },
      { job: 'second', uid: 'uid-b', spec: { imagePullPolicy: 'Always' } },
      {
        wants: {
          nginx: {
            tags: [
              {
                ...entry(1, at(5), [owner('first', 'uid-a'), owner('second', 'uid-b')]),
                imagePullPolicy: 'Always',
                pullPolicy: {
                  timeoutSeconds: 600,
                  backoffLimit: 3,
                  activeDeadlineSeconds: 2_790,
                  ttlSecondsAfterFinished: 86_400,
                },
              },
            ],
          },
        },
      },
      { reports: { nginx: [pulling(1, at(5))] } },
      { seconds: 1 },
      { says: 'first', status: { active: 0, succeeded: 1 } },
      { says: 'second', status: { active: 1, succeeded: 0 } },
      { seconds: 5 },
      { reports: { nginx: [failed(1, at(10), 'rpc error: code = NotFound desc = not found')] } },
      { seconds: 1 },
      { says: 'first', status: { succeeded: 1, failed: 0 } },
      { says: 'second', status: { message: 'job has completed: 1 failed (NotFound)' } },
    ],
  },
  {
    title: 'a status of the version before counts for nobody who waits for a later one',
    sections: 'daemon 0, 3.3; control plane 5.4',
    steps: [
      { job: 'first', uid: 'uid-a', spec: { imagePullPolicy: 'Always' } },
      { reports: { nginx: [pulling(0, at(0))] } },
      { seconds: 5 },
      { reports: { nginx: [succeeded(0, at(0), at(4))] } },
      { job: 'second', uid: 'uid-b', spec: { imagePullPolicy: 'Always' } },
      // Its last round was worked out before it saw version 1.
      { reports: { nginx: [succeeded(0, at(0), at(4))] } },
      { seconds: 1 },
      { says: 'second', status: { active: 1, succeeded: 0 } },
      { reports: { nginx: [succeeded(1, at(6), at(8))] } },
      { says: 'second', status: { succeeded: 1, message: 'job has completed' } },
    ],
  },
  {
    title: 'a status that meets a change of the spec is refused, and put again by the next round',
    sections: 'daemon 3.7',
    steps: [
      { job: 'first', uid: 'uid-a', spec: {} },
      { reports: { nginx: [pulling(0, at(0))] } },
      { job: 'second', uid: 'uid-b', spec: {} },
      { late: true, reports: { nginx: [succeeded(0, at(0), at(0))] } },
      { says: 'first', status: { succeeded: 0 } },
      { reports: { nginx: [succeeded(0, at(0), at(0))] } },
      { says: 'first', status: { succeeded: 1 } },
      { says: 'second', status: { succeeded: 1 } },
    ],
  },
  {
    title:
      'a daemon that says nothing for ten minutes has failed, and its entry goes; its status stays its own',
    sections: 'daemon 0; control plane 7.7',
    steps: [
      { job: 'warm', uid: 'uid-a', spec: {} },
      { seconds: 599 },
      { says: 'warm', status: { active: 1, failed: 0 } },
      { seconds: 1 },
      {
        says: 'warm',
        status: { failed: 1, message: 'job has completed: 1 failed (NodeUnavailable)' },
      },
      { wants: {} },
    ],
  },
  {
    title: 'an entry that comes again starts above the version that the daemon still shows',
    sections: 'daemon 0; control plane 5.5',
    steps: [
      { job: 'first', uid: 'uid-a', spec: {} },
      { reports: { nginx: [succeeded(0, at(0), at(0))] } },
      { deleted: 'first' },
      { wants: {} },
      { job: 'second', uid: 'uid-b', spec: {} },
      { wants: { nginx: { tags: [entry(1, at(0), [owner('second', 'uid-b')])] } } },
    ],
  },
  {
    title:
      'the entry of a finished job goes when its TTL is over, and with it the status of the daemon',
    sections: 'daemon 3.3; control plane 7.3, 7.4',
    steps: [
      { job: 'warm', uid: 'uid-a', spec: {} },
      { reports: { nginx: [succeeded(0, at(0), at(0))] } },
      { seconds: 3_089 },
      { wants: { nginx: { tags: [entry(0, at(0), [owner('warm', 'uid-a')])] } } },
      { seconds: 1 },
      { wants: {} },
      { reports: {} },
      { says: 'warm', status: { succeeded: 1 } },
    ],
  },
];
