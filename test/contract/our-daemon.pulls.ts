import {
  at,
  type DaemonSequence,
  DIGEST,
  entry,
  pulling,
  SECRETS,
  succeeded,
  waiting,
} from './our-daemon.steps.ts';

/** What a pull is made from, and how its end is told. */
export const PULL_SEQUENCES: readonly DaemonSequence[] = [
  {
    title: 'the deadline of a job ends the pull, with the message that OpenKruise knows',
    sections: 'daemon 3.4; control plane 5.7, 7.7',
    steps: [
      { registry: 'nginx:1.27', answer: { seconds: 600 } },
      {
        wants: {
          nginx: {
            tags: [
              {
                ...entry('1.27'),
                pullPolicy: { ...entry('1.27').pullPolicy, activeDeadlineSeconds: 30 },
              },
            ],
          },
        },
      },
      { seconds: 40 },
      {
        reports: {
          nginx: [
            {
              ...pulling,
              phase: 'Failed',
              completionTime: at(30),
              message: 'pulling exceeds the activeDeadlineSeconds',
            },
          ],
        },
      },
    ],
  },
  {
    title:
      'a failure is told with its text, and nothing that the manager does not know is needed to read it',
    sections: 'daemon 3.4, 3.5',
    steps: [
      {
        registry: 'nginx:1.27',
        answer: {
          seconds: 0,
          fails: [
            'NotFound',
            'failed to pull and unpack image "docker.io/library/nginx:1.27": not found',
          ],
        },
      },
      { wants: { nginx: { tags: [entry('1.27')] } } },
      { seconds: 60 },
      {
        reports: {
          nginx: [
            {
              ...pulling,
              phase: 'Failed',
              completionTime: 'later',
              message: 'failed to pull and unpack image "docker.io/library/nginx:1.27": not found',
            },
          ],
        },
      },
    ],
  },
  {
    title:
      'a mirror of both modes is used, a shared one only for the jobs it is for; the sandbox configuration is passed on',
    sections: 'daemon 2.2, 4.1 to 4.5, 5; control plane 5.3',
    steps: [
      {
        secret: 'key-1a2b3c',
        auths: { 'reg.test': { username: 'batch', password: 'pw' } },
        references: 'default/warm,default/zoo',
      },
      { secret: 'old-4d5e6f', auths: { 'reg.test': { username: 'legacy', password: 'pw' } } },
      {
        secret: 'foreign-777777',
        auths: { 'reg.test': { username: 'foreign', password: 'pw' } },
        references: 'elsewhere/job',
      },
      {
        wants: {
          'reg.test/app': {
            pullSecrets: [
              { namespace: SECRETS, name: 'foreign-777777', mode: 'batch' },
              { namespace: SECRETS, name: 'key-1a2b3c', mode: 'batch' },
            ],
            sandboxConfig: { labels: { app: 'foo' }, annotations: { tags: 'cluster=a' } },
            tags: [entry('1')],
          },
        },
      },
      { seconds: 5 },
      {
        wants: {
          'reg.test/old': {
            pullSecrets: [{ namespace: SECRETS, name: 'old-4d5e6f' }],
            tags: [entry('1')],
          },
        },
      },
      { seconds: 5 },
      {
        pulled: [
          {
            image: 'reg.test/app:1',
            user: 'batch',
            labels: { app: 'foo' },
            annotations: {
              tags: 'cluster=a',
              'apps.kruise.io/pulling-image-by': 'headstart-daemon',
            },
          },
          {
            image: 'reg.test/old:1',
            user: 'legacy',
            labels: {},
            annotations: { 'apps.kruise.io/pulling-image-by': 'headstart-daemon' },
          },
        ],
      },
    ],
  },
  {
    title:
      'what the converters of OpenKruise leave behind is read: empty maps and lists, no version, no order',
    sections: 'control plane 1.5; daemon 0',
    steps: [
      { wants: {} },
      { seconds: 5 },
      {
        wants: {
          nginx: {
            pullSecrets: [],
            sandboxConfig: {},
            tags: [
              { tag: '2', createdAt: at(0), pullPolicy: {} },
              { tag: '1', createdAt: at(0), pullPolicy: {}, ownerReferences: [] },
            ],
          },
        },
      },
      { seconds: 5 },
      {
        reports: {
          nginx: [
            { ...succeeded(0, at(5), at(5)), tag: '1' },
            { ...succeeded(0, at(5), at(5)), tag: '2' },
          ],
        },
      },
    ],
  },
  {
    title: 'a digest is pulled as a digest',
    sections: 'daemon 0, 3.5; control plane 3.6',
    steps: [
      { wants: { nginx: { tags: [entry(DIGEST)] } } },
      { seconds: 5 },
      { pulled: [`nginx@${DIGEST}`] },
      { reports: { nginx: [{ ...succeeded(0, at(0), at(0)), tag: DIGEST }] } },
    ],
  },
  {
    title:
      'every entry has some status long before the manager loses patience, also without a slot',
    sections: 'daemon 0, 3.4; control plane 7.7',
    steps: [
      ...['1', '2', '3'].map(tag => ({ registry: `busy:${tag}`, answer: { seconds: 3_000 } })),
      {
        wants: {
          busy: { tags: ['1', '2', '3'].map(tag => entry(tag)) },
          nginx: { tags: [{ ...entry('1.27'), createdAt: at(1) }] },
        },
      },
      { seconds: 60 },
      {
        reports: {
          busy: ['1', '2', '3'].map(tag => ({ ...pulling, tag })),
          nginx: [waiting],
        },
      },
    ],
  },
];
