import fc from 'fast-check';

const KEYS = ['spec', 'image', 'tags', 'name', 'labels', '__proto__', 'constructor', 'toString'];
const VALUES = ['nginx:1.27', 'Always', '10', '50%', '', 1, 0, -1, 1.5, 1e300, {}, [], null, true];

/** Any JSON. Parsed from text, so that `__proto__` is an own key. */
export const anyJson: fc.Arbitrary<unknown> = fc
  .letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...VALUES),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 5 })
        .map(entries => Object.fromEntries(entries) as unknown),
    ),
  }))
  .value.map(fromText);

/** Objects of fast-check may have no prototype; those of a request have one. */
function fromText(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** A record of some of these members, each as described or any JSON at all. */
function messy(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const loose = Object.entries(members).map(([key, value]) => [key, often(value)] as const);
  return fc.record(Object.fromEntries(loose), { requiredKeys: [] }).map(fromText);
}

function often(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: anyJson });
}

const list = (item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.array(often(item), { maxLength: 4 });
const word = fc.constantFrom('a', 'b', 'app', 'Not_A_Name', '', '__proto__');
const image = fc.constantFrom('nginx', 'nginx:1.27', 'Team/App', '', 'reg:5000/a@sha256:b');
const number = fc.constantFrom<unknown>(0, 1, -1, 300, 600, 2 ** 31, 1e300, 1.5, '5', null);
const count = fc.oneof(number, fc.constantFrom('10', '50%', '101%', 'abc', '-1'));
const texts = fc.dictionary(word, often(word));
const images = { image: often(image), name: often(word) };
const labels = {
  matchLabels: texts,
  matchExpressions: list(
    messy({ key: word, operator: fc.constantFrom('In', 'Exists', 'Like'), values: list(word) }),
  ),
};
const pullPolicy = messy({ timeoutSeconds: number, backoffLimit: number });
const sandboxConfig = messy({ labels: texts, annotations: texts });
const imagePullPolicy = fc.constantFrom('Always', 'IfNotPresent', '', 'Never');
const pullJobSpec = messy({
  image,
  images: list(image),
  selector: messy({ names: list(word), ...labels }),
  podSelector: messy(labels),
  parallelism: count,
  pullPolicy,
  completionPolicy: messy({
    type: fc.constantFrom('Always', 'Never', '', 'Sometimes'),
    activeDeadlineSeconds: number,
    ttlSecondsAfterFinished: number,
  }),
  sandboxConfig,
  imagePullPolicy,
  pullSecrets: list(word),
});

/** Any template, with container images and more. */
export const anyTemplate: fc.Arbitrary<unknown> = messy({
  metadata: messy({ labels: texts }),
  spec: messy({
    containers: list(messy(images)),
    initContainers: list(messy(images)),
    volumes: list(messy({ name: word, image: messy({ reference: image }) })),
  }),
});

/** An ImagePullJob, ImageListPullJob or anything else. */
export const anyJob: fc.Arbitrary<unknown> = often(
  messy({ metadata: fc.constant({ name: 'any' }), spec: pullJobSpec }),
);

/** A NodeImage or anything else. */
export const anyNodeImage: fc.Arbitrary<unknown> = messy({
  spec: messy({
    images: fc.dictionary(
      fc.oneof(image, word),
      often(
        messy({
          tags: list(
            messy({
              tag: word,
              createdAt: fc.constantFrom('2026-01-01T00:00:00Z', 'x'),
              version: number,
              pullPolicy,
              imagePullPolicy,
              ownerReferences: list(texts),
            }),
          ),
          pullSecrets: list(texts),
          sandboxConfig,
        }),
      ),
    ),
  }),
});

const inPlaceUpdateStrategy = messy({
  imagePreDownloadParallelism: count,
  imagePreDownloadTimeoutSeconds: number,
  imagePreDownloadMinUpdatedReadyPods: count,
});
const rolling = {
  partition: count,
  maxUnavailable: count,
  podUpdatePolicy: fc.constantFrom('ReCreate', 'InPlaceIfPossible', 'x'),
  inPlaceUpdateStrategy,
};

/** A CloneSet, an Advanced StatefulSet or anything else. */
export const anyWorkload: fc.Arbitrary<unknown> = messy({
  metadata: messy({
    annotations: messy({
      'apps.kruise.io/image-predownload-parallelism': count,
      'apps.kruise.io/image-predownload-timeout-seconds': count,
      'apps.kruise.io/image-predownload-min-updated-ready-pods': count,
      'headstart/predownload': fc.constantFrom('auto', 'always', 'never', 'x', ''),
    }),
  }),
  spec: messy({
    updateStrategy: messy({
      type: fc.constantFrom('ReCreate', 'InPlaceOnly', 'RollingUpdate', 'OnDelete'),
      rollingUpdate: messy(rolling),
      ...rolling,
    }),
    template: anyTemplate,
  }),
});
