import { at, type DaemonSequence, entry, owner, pulling, succeeded } from './our-daemon.steps.ts';

/** Versions, restarts and removals: which pulls run, and which results stand. */
export const VERSION_SEQUENCES: readonly DaemonSequence[] = [
  {
    title: 'an entry is pulled, and the result counts for its version',
    sections: 'daemon 0, 3.3, 3.4; control plane 5.5',
    steps: [
      { registry: 'nginx:1.27', answer: { seconds: 10 } },
      { wants: { nginx: { tags: [entry('1.27')] } } },
      { seconds: 4 },
      { reports: { nginx: [pulling] } },
      { seconds: 8 },
      { reports: { nginx: [succeeded(0, at(0), at(10))] } },
      { pulled: ['nginx:1.27'] },
    ],
  },
  {
    title: 'what changes without a version changes nothing that runs or is done',
    sections: 'daemon 3.3',
    steps: [
      { wants: { nginx: { tags: [entry('1.27')] } } },
      { seconds: 1 },
      {
        wants: {
          nginx: {
            sandboxConfig: { labels: { team: 'b' } },
            tags: [
              {
                ...entry('1.27'),
                imagePullPolicy: 'Always',
                ownerReferences: [owner('warm'), owner('other')],
              },
            ],
          },
        },
      },
      { seconds: 60 },
      { pulled: ['nginx:1.27'] },
      { reports: { nginx: [succeeded(0, at(0), at(0))] } },
    ],
  },
  {
    title: 'a raised version pulls again, and stops the pull of the version before',
    sections: 'daemon 0, 3.3, 3.6; control plane 5.8',
    steps: [
      { registry: 'nginx:1.27', answer: { seconds: 60 } },
      { wants: { nginx: { tags: [entry('1.27')] } } },
      { seconds: 10 },
      {
        wants: {
          nginx: {
            tags: [
              {
                ...entry('1.27', 1),
                createdAt: at(10),
                ownerReferences: [owner('warm'), owner('second')],
                imagePullPolicy: 'Always',
              },
            ],
          },
        },
      },
      { seconds: 5 },
      { cancelled: ['nginx:1.27'] },
      { reports: { nginx: [{ ...pulling, version: 1, startTime: at(10) }] } },
      { seconds: 60 },
      { reports: { nginx: [succeeded(1, at(10), at(70))] } },
      { pulled: ['nginx:1.27', 'nginx:1.27'] },
    ],
  },
  {
    title: 'an entry that goes while it is pulled is stopped, and its status goes',
    sections: 'daemon 3.2, 3.3, 3.6; control plane 7.3, 7.4',
    steps: [
      { registry: 'nginx:1.27', answer: { seconds: 60 } },
      { wants: { nginx: { tags: [entry('1.26'), entry('1.27')] } } },
      { seconds: 10 },
      { wants: { nginx: { tags: [entry('1.26')] } } },
      { seconds: 4 },
      { cancelled: ['nginx:1.27'] },
      { reports: { nginx: [{ ...succeeded(0, at(0), at(0)), tag: '1.26' }] } },
      { wants: {} },
      { seconds: 4 },
      { reports: {} },
    ],
  },
  {
    title:
      'a result that the manager declared for a silent node is obeyed, not pulled on and not overwritten',
    sections: 'daemon 0, 3.3; control plane 7.7',
    steps: [
      { registry: 'nginx:1.27', answer: { seconds: 3_600 } },
      { wants: { nginx: { tags: [entry('1.27')] } } },
      { seconds: 10 },
      {
        declares: {
          nginx: [
            {
              tag: '1.27',
              version: 0,
              phase: 'Failed',
              startTime: at(0),
              completionTime: at(10),
              message: 'node has not responded for a long time',
            },
          ],
        },
      },
      { seconds: 60 },
      { cancelled: ['nginx:1.27'] },
      {
        reports: {
          nginx: [
            {
              tag: '1.27',
              version: 0,
              phase: 'Failed',
              startTime: at(0),
              completionTime: at(10),
              message: 'node has not responded for a long time',
            },
          ],
        },
      },
    ],
  },
  {
    title: 'after a restart finished versions are not pulled again, unfinished ones are',
    sections: 'daemon 3.3',
    steps: [
      { registry: 'nginx:1.27', answer: { seconds: 60 } },
      { wants: { nginx: { tags: [entry('1.26'), entry('1.27')] } } },
      { seconds: 10 },
      { restarts: true },
      { seconds: 70 },
      {
        reports: {
          nginx: [{ ...succeeded(0, at(0), at(0)), tag: '1.26' }, succeeded(0, at(10), at(70))],
        },
      },
      { pulled: ['nginx:1.26', 'nginx:1.27', 'nginx:1.27'] },
    ],
  },
  {
    title: 'a status that somebody wiped is made again from a new pull',
    sections: 'daemon 3.3',
    steps: [
      { wants: { nginx: { tags: [{ ...entry('1.27'), imagePullPolicy: 'Always' }] } } },
      { seconds: 10 },
      { restarts: true },
      { declares: {} },
      { seconds: 10 },
      { pulled: ['nginx:1.27', 'nginx:1.27'] },
    ],
  },
];
