import assert from 'node:assert/strict';
import { MAX_ADVICE_LENGTH } from '../../api/advice.ts';
import { ANNOTATION_TIMEOUT_SECONDS } from '../../api/names.ts';
import { validateImageListPullJob } from '../../api/validate-image-list-pull-job.ts';
import { validateImagePullJob } from '../../api/validate-image-pull-job.ts';
import { validateNodeImage } from '../../api/validate-node-image.ts';
import { validateWorkloadSettings } from '../../api/validate-workload.ts';
import { fitWarnings } from '../../webhook/warnings.ts';
import { adviceOnJob, JOB_ADVICE_CASES } from '../controllers/advice/job-advice-cases.ts';
import {
  adviceOnWorkload,
  WORKLOAD_ADVICE_CASES,
} from '../controllers/advice/workload-advice-cases.ts';
import { imageListPullJob, imagePullJob, nodeImageOf, TAG } from '../manifests/test-objects.ts';
import { readPage } from './named-tests.ts';

/** Each row of the page: the words as written, and what they match. */
const rows = readPage('reference/warnings.md')
  .split('\n')
  .flatMap(line => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? [])
  .map(words => ({ words, pattern: patternOf(words) }));

function patternOf(words: string): RegExp {
  const parts = words.split(/<\w+>/).map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
}

/** The narrowest row comes first: `<field>: <rule>` matches nearly everything. */
const rowOf = (line: string): string | undefined =>
  rows.toSorted((a, b) => b.words.length - a.words.length).find(({ pattern }) => pattern.test(line))
    ?.words;

/** What validators warn of. */
function ruleWarnings(): readonly string[] {
  const broken = imagePullJob({ parallelism: 'abc' });
  const workload = {
    metadata: { annotations: { [ANNOTATION_TIMEOUT_SECONDS]: '30' } },
    spec: {
      updateStrategy: {
        rollingUpdate: { inPlaceUpdateStrategy: { imagePreDownloadTimeoutSeconds: 60 } },
      },
    },
  };
  return [
    validateImagePullJob(broken, broken),
    validateImagePullJob(imagePullJob({ selector: {} })),
    validateImageListPullJob(imageListPullJob({ selector: {} })),
    validateNodeImage(nodeImageOf({ images: { 'docker.io/library/nginx': { tags: [TAG] } } })),
    validateWorkloadSettings(workload),
  ].flatMap(({ warnings }) => warnings);
}

describe('docs/reference/warnings.md', () => {
  const told: string[] = [];
  before(async () => {
    for (const given of WORKLOAD_ADVICE_CASES) told.push(...(await adviceOnWorkload(given)));
    for (const given of JOB_ADVICE_CASES) told.push(...(await adviceOnJob(given)));
    told.push(...ruleWarnings());
  });

  it('has the words of every warning', () => {
    assert.ok(told.length > 20);
    const unknown = told.filter(line => rowOf(line) === undefined);
    assert.deepEqual(unknown, []);
  });

  it('has no warning that is never given', () => {
    const given = new Set(told.map(rowOf));
    assert.deepEqual(
      rows.map(({ words }) => words).filter(words => !given.has(words)),
      [],
    );
  });

  it('promises a length that every warning has', () => {
    for (const line of fitWarnings(told)) assert.ok(line.length <= MAX_ADVICE_LENGTH, line);
    assert.ok(readPage('reference/warnings.md').includes(`${MAX_ADVICE_LENGTH} characters`));
  });
});
