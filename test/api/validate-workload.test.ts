import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_ADVICE_LENGTH } from '../../api/advice.ts';
import { validateWorkloadSettings } from '../../api/validate-workload.ts';
import { anyWorkload } from './any-json.ts';
import { cloneSet } from './objects.ts';

const PARALLELISM = 'apps.kruise.io/image-predownload-parallelism';
const TIMEOUT = 'apps.kruise.io/image-predownload-timeout-seconds';
const MIN_READY = 'apps.kruise.io/image-predownload-min-updated-ready-pods';
const MODE = 'headstart/predownload';

const fields = (members: object): unknown =>
  cloneSet({}, { rollingUpdate: { inPlaceUpdateStrategy: members } });
const fieldPath = 'spec.updateStrategy.rollingUpdate.inPlaceUpdateStrategy';

describe('validateWorkloadSettings', () => {
  for (const [annotation, value] of [
    [PARALLELISM, '0'],
    [PARALLELISM, '5'],
    [PARALLELISM, '50%'],
    [PARALLELISM, ''],
    [TIMEOUT, '1'],
    [TIMEOUT, '600'],
    [MIN_READY, '0'],
    [MIN_READY, '20%'],
    [MODE, 'auto'],
    [MODE, 'always'],
    [MODE, 'never'],
  ] as const) {
    it(`accepts ${annotation}: "${value}"`, () => {
      const result = validateWorkloadSettings(cloneSet({ [annotation]: value }));
      assert.deepEqual(result, { errors: [], warnings: [] });
    });
  }

  for (const [annotation, value, message] of [
    [PARALLELISM, 'abc', /a whole number from 0, or 0% to 100%, not "abc"/],
    [PARALLELISM, '-1', /not "-1"/],
    [PARALLELISM, '101%', /not "101%"/],
    [PARALLELISM, '2147483648', /not "2147483648"/],
    [PARALLELISM, {}, /not an object/],
    [TIMEOUT, '0', /whole number from 1 to 2147483647, not "0"/],
    [TIMEOUT, '10m', /not "10m"/],
    [TIMEOUT, '1.5', /not "1.5"/],
    [TIMEOUT, '20%', /not "20%"/],
    [MIN_READY, 'most', /not "most"/],
    [MODE, 'yes', /auto or always or never, not "yes"/],
    [MODE, true, /not true/],
  ] as const) {
    it(`denies a new ${annotation}: ${JSON.stringify(value)} and names it (W30)`, () => {
      const { errors, warnings } = validateWorkloadSettings(cloneSet({ [annotation]: value }));
      assert.deepEqual(warnings, []);
      assert.deepEqual(
        errors.map(({ path }) => path),
        [`metadata.annotations[${annotation}]`],
      );
      assert.match(errors[0]?.message ?? '', message);
    });
  }

  for (const [field, value] of [
    ['imagePreDownloadParallelism', '101%'],
    ['imagePreDownloadTimeoutSeconds', 0],
    ['imagePreDownloadTimeoutSeconds', '300'],
    ['imagePreDownloadMinUpdatedReadyPods', -1],
  ] as const) {
    it(`denies the v1beta1 field ${field}: ${JSON.stringify(value)}`, () => {
      const { errors } = validateWorkloadSettings(fields({ [field]: value }));
      assert.deepEqual(
        errors.map(({ path }) => path),
        [`${fieldPath}.${field}`],
      );
    });
  }

  it('reports every bad setting at once', () => {
    const bad = cloneSet({ [PARALLELISM]: 'a', [TIMEOUT]: 'b', [MIN_READY]: 'c', [MODE]: 'd' });
    assert.equal(validateWorkloadSettings(bad).errors.length, 4);
  });

  it('only warns about a bad value that already stood there (behaviour 1.4)', () => {
    const bad = cloneSet({ [PARALLELISM]: 'abc' });
    const { errors, warnings } = validateWorkloadSettings(bad, structuredClone(bad));
    assert.deepEqual(errors, []);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^metadata\.annotations\[apps\.kruise\.io\/image-predownload-/);
  });

  it('denies a bad value that changed, and lets it be repaired or removed', () => {
    const bad = cloneSet({ [PARALLELISM]: 'abc' });
    const denied = (annotations: object): number =>
      validateWorkloadSettings(cloneSet({ ...annotations }), bad).errors.length;
    assert.equal(denied({ [PARALLELISM]: 'abd' }), 1);
    assert.equal(denied({ [PARALLELISM]: '5' }), 0);
    assert.equal(denied({}), 0);
  });

  it('says that an annotation is ignored where a field says otherwise (W29)', () => {
    const both = cloneSet(
      { [PARALLELISM]: '5' },
      { rollingUpdate: { inPlaceUpdateStrategy: { imagePreDownloadParallelism: 2 } } },
    );
    assert.deepEqual(validateWorkloadSettings(both).warnings, [
      `${PARALLELISM} is ignored: imagePreDownloadParallelism says 2`,
    ]);
    assert.deepEqual(validateWorkloadSettings(both, both).warnings, []);
  });

  it('keeps that warning within the 120 characters that clients show', () => {
    const both = cloneSet(
      { [MIN_READY]: '100%' },
      { rollingUpdate: { inPlaceUpdateStrategy: { imagePreDownloadMinUpdatedReadyPods: '20%' } } },
    );
    const [warning = ''] = validateWorkloadSettings(both).warnings;
    assert.ok(warning.length > 0 && warning.length <= MAX_ADVICE_LENGTH, warning);
  });

  it('says nothing where field and annotation agree, as conversion leaves them (W31)', () => {
    const both = cloneSet(
      { [PARALLELISM]: '5' },
      { rollingUpdate: { inPlaceUpdateStrategy: { imagePreDownloadParallelism: 5 } } },
    );
    assert.deepEqual(validateWorkloadSettings(both), { errors: [], warnings: [] });
  });

  it('looks at nothing else of a workload', () => {
    const broken = { metadata: { annotations: [] }, spec: { replicas: 'x', template: 7 } };
    assert.deepEqual(validateWorkloadSettings(broken), { errors: [], warnings: [] });
  });

  it('never throws, and never denies an update that changes no setting', () => {
    fc.assert(
      fc.property(anyWorkload, fc.option(anyWorkload), (object, old) => {
        validateWorkloadSettings(object, old ?? undefined);
        assert.deepEqual(validateWorkloadSettings(structuredClone(object), object).errors, []);
      }),
      { numRuns: 300 },
    );
  });
});
