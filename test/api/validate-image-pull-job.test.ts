import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultImagePullJob } from '../../api/default-image-pull-job.ts';
import { renderFieldErrors } from '../../api/field-error.ts';
import { validateImagePullJob } from '../../api/validate-image-pull-job.ts';
import { ACCEPTED_TEMPLATES } from './accepted-templates.ts';
import { anyJob } from './any-json.ts';
import { DENIED_TEMPLATES, type DeniedSpec } from './denied-templates.ts';
import { imagePullJob } from './objects.ts';

const DENIED_IMAGES: readonly DeniedSpec[] = [
  {
    name: 'a job without an image',
    spec: { image: undefined },
    path: 'spec.image',
    message: /is required: write an image reference such as nginx:1\.27/,
  },
  { name: 'an empty image', spec: { image: '' }, path: 'spec.image', message: /not be empty/ },
  {
    name: 'an image that is a list',
    spec: { image: ['nginx'] },
    path: 'spec.image',
    message: /must be an image reference such as nginx:1\.27, not a list/,
  },
  {
    name: 'an image in capitals',
    spec: { image: 'Team/App:1' },
    path: 'spec.image',
    message: /must be lower case: write "team\/app"/,
  },
  {
    name: 'the placeholder of a template',
    spec: { image: 'APP_IMAGE' },
    path: 'spec.image',
    message: /lower case/,
  },
];

describe('validateImagePullJob on create', () => {
  for (const { name, spec, path, message } of [...DENIED_IMAGES, ...DENIED_TEMPLATES]) {
    it(`denies ${name}`, () => {
      const { errors } = validateImagePullJob(imagePullJob(spec));
      const found = errors.filter(error => error.path === path);
      assert.ok(
        found.some(error => message.test(error.message)),
        renderFieldErrors(errors),
      );
      assert.ok(errors.every(error => error.path.startsWith('spec')));
    });
  }

  for (const [name, spec] of ACCEPTED_TEMPLATES) {
    it(`accepts ${name}`, () => {
      assert.deepEqual(validateImagePullJob(imagePullJob(spec)), { errors: [], warnings: [] });
    });
  }

  it('accepts a digest, with and without a tag', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    for (const image of [`nginx@${digest}`, `reg.example:5000/nginx:1@${digest}`]) {
      assert.deepEqual(validateImagePullJob(imagePullJob({ image })).errors, []);
    }
  });

  it('reports every violation at once', () => {
    const { errors } = validateImagePullJob(
      imagePullJob({
        image: 'A',
        selector: { names: [] },
        podSelector: { matchLabels: 7 },
        parallelism: 'abc',
        pullPolicy: { timeoutSeconds: 0, backoffLimit: -1 },
        completionPolicy: { type: 'Sometimes' },
        imagePullPolicy: 'Sometimes',
      }),
    );
    assert.deepEqual(errors.map(({ path }) => path).sort(), [
      'spec.completionPolicy.type',
      'spec.image',
      'spec.imagePullPolicy',
      'spec.parallelism',
      'spec.podSelector',
      'spec.podSelector.matchLabels',
      'spec.pullPolicy.backoffLimit',
      'spec.pullPolicy.timeoutSeconds',
      'spec.selector.names',
    ]);
  });

  it('names spec.selector and spec.podSelector in one message when both are set', () => {
    const { errors } = validateImagePullJob(imagePullJob({ selector: {}, podSelector: {} }));
    const text = renderFieldErrors(errors);
    assert.match(text, /spec\.selector\b/);
    assert.match(text, /spec\.podSelector\b/);
    assert.equal(text.split('\n').length, 1);
  });

  for (const selector of [{}, { matchLabels: {} }, { matchExpressions: [] }, { names: null }]) {
    it(`warns that selector ${JSON.stringify(selector)} selects every node (W5, W6)`, () => {
      const { errors, warnings } = validateImagePullJob(imagePullJob({ selector }));
      assert.deepEqual(errors, []);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /spec\.selector is empty and selects every node/);
      assert.ok((warnings[0] ?? '').length <= 120);
    });
  }

  for (const object of [null, undefined, 7, 'job', [], {}, { spec: null }, { spec: [] }]) {
    it(`denies ${JSON.stringify(object)} for its missing spec`, () => {
      const { errors } = validateImagePullJob(object);
      assert.deepEqual(
        errors.map(({ path }) => path),
        ['spec'],
      );
    });
  }
});

describe('validateImagePullJob on update', () => {
  const old = imagePullJob({ pullSecrets: ['a'] });

  it('denies another image: create a new job', () => {
    const { errors } = validateImagePullJob(imagePullJob({ pullSecrets: ['a'], image: 'b' }), old);
    assert.deepEqual(errors, [
      { path: 'spec.image', message: 'is immutable; create a new job for another image' },
    ]);
  });

  it('denies other pull secrets: create a new job', () => {
    for (const pullSecrets of [['b'], ['a', 'b'], [], undefined]) {
      const { errors } = validateImagePullJob(imagePullJob({ pullSecrets }), old);
      assert.deepEqual(
        errors.map(({ path, message }) => `${path} ${message}`),
        ['spec.pullSecrets is immutable; create a new job to pull with other secrets'],
      );
    }
  });

  it('takes an absent, a null and an empty list of pull secrets for the same', () => {
    for (const pullSecrets of [[], null, undefined]) {
      for (const before of [[], null, undefined]) {
        const job = imagePullJob({ pullSecrets });
        const result = validateImagePullJob(job, imagePullJob({ pullSecrets: before }));
        assert.deepEqual(result.errors, []);
      }
    }
  });

  it('treats a null old object as a create', () => {
    assert.deepEqual(validateImagePullJob(imagePullJob(), null).errors, []);
  });

  it('allows parallelism, selectors and policies to change (W46)', () => {
    const changed = imagePullJob({
      pullSecrets: ['a'],
      selector: { names: ['node-1'] },
      parallelism: '50%',
      completionPolicy: { type: 'Never' },
    });
    assert.deepEqual(validateImagePullJob(changed, old), { errors: [], warnings: [] });
  });

  it('lets a violation that stood before only warn', () => {
    const bad = { imagePullPolicy: 'Sometimes', parallelism: 2 };
    const { errors, warnings } = validateImagePullJob(
      imagePullJob({ ...bad, parallelism: 3 }),
      imagePullJob(bad),
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(warnings, [
      'spec.imagePullPolicy: must be Always or IfNotPresent, not "Sometimes"',
    ]);
  });

  it('denies a violation that changed', () => {
    const { errors } = validateImagePullJob(
      imagePullJob({ imagePullPolicy: 'Rarely' }),
      imagePullJob({ imagePullPolicy: 'Sometimes' }),
    );
    assert.equal(errors.length, 1);
  });

  it('denies selector and podSelector together as soon as one of them changed', () => {
    const both = { selector: { names: ['a'] }, podSelector: {} };
    const changed = { ...both, selector: { names: ['b'] } };
    assert.equal(validateImagePullJob(imagePullJob(both), imagePullJob(both)).errors.length, 0);
    assert.equal(validateImagePullJob(imagePullJob(changed), imagePullJob(both)).errors.length, 1);
  });

  it('recognises a node name that only moved in the list', () => {
    const names = (...list: string[]) => imagePullJob({ selector: { names: list } });
    const { errors, warnings } = validateImagePullJob(names('a', 'B_'), names('B_'));
    assert.deepEqual([errors.length, warnings.length], [0, 1]);
  });

  it('says only once that an empty selector selects every node', () => {
    const job = imagePullJob({ selector: {} });
    assert.deepEqual(validateImagePullJob(job, job).warnings, []);
    assert.equal(validateImagePullJob(job, imagePullJob()).warnings.length, 1);
  });

  it('always allows metadata and finalizers to change, whatever the spec says (W21)', () => {
    fc.assert(
      fc.property(anyJob, object => {
        const members = typeof object === 'object' && object !== null ? object : {};
        const changed = structuredClone({ ...members, metadata: { finalizers: [] } });
        assert.deepEqual(validateImagePullJob(changed, members).errors, []);
      }),
    );
  });

  it('allows metadata to change on a job that was stored without defaults', () => {
    const stored = imagePullJob({ completionPolicy: { activeDeadlineSeconds: 5 } });
    assert.deepEqual(validateImagePullJob(defaultImagePullJob(stored), stored).errors, []);
  });
});

describe('validateImagePullJob', () => {
  it('never throws, whatever JSON it is given', () => {
    fc.assert(
      fc.property(anyJob, fc.option(anyJob), (object, old) => {
        const { errors, warnings } = validateImagePullJob(object, old ?? undefined);
        assert.ok(renderFieldErrors(errors).length < 1_000_000);
        assert.ok(warnings.every(warning => warning.length > 0));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same answer before and after defaulting', () => {
    fc.assert(
      fc.property(anyJob, object => {
        const before = validateImagePullJob(object);
        assert.deepEqual(validateImagePullJob(defaultImagePullJob(object)), before);
      }),
    );
  });
});
