import assert from 'node:assert/strict';
import fc from 'fast-check';
import { predownloadSettings } from '../../api/predownload-settings.ts';
import { anyWorkload } from './any-json.ts';
import { cloneSet } from './objects.ts';

const DEFAULTS = {
  mode: 'auto',
  parallelism: 1,
  timeoutSeconds: 300,
  minUpdatedReadyPods: 0,
  problems: [],
};
const annotations = {
  'apps.kruise.io/image-predownload-parallelism': '5',
  'apps.kruise.io/image-predownload-timeout-seconds': '120',
  'apps.kruise.io/image-predownload-min-updated-ready-pods': '20%',
  'headstart/predownload': 'always',
};
const fields = {
  imagePreDownloadParallelism: '10%',
  imagePreDownloadTimeoutSeconds: 60,
  imagePreDownloadMinUpdatedReadyPods: 2,
};

describe('predownloadSettings', () => {
  it('defaults to one node at a time, 300 s and no waiting', () => {
    assert.deepEqual(predownloadSettings(cloneSet({})), DEFAULTS);
  });

  it('reads the annotations', () => {
    assert.deepEqual(predownloadSettings(cloneSet(annotations)), {
      mode: 'always',
      parallelism: 5,
      timeoutSeconds: 120,
      minUpdatedReadyPods: '20%',
      problems: [],
    });
  });

  const wanted = {
    mode: 'always',
    parallelism: '10%',
    timeoutSeconds: 60,
    minUpdatedReadyPods: 2,
    problems: [],
  };
  for (const [version, updateStrategy] of [
    ['v1beta1', { type: 'RollingUpdate', rollingUpdate: { inPlaceUpdateStrategy: fields } }],
    ['v1alpha1', { type: 'InPlaceIfPossible', inPlaceUpdateStrategy: fields }],
  ] as const) {
    it(`lets the fields win over the annotations, where ${version} keeps them (W29, W31)`, () => {
      assert.deepEqual(predownloadSettings(cloneSet(annotations, updateStrategy)), wanted);
    });
  }

  it('takes the default for a bad value and says what is wrong (W30)', () => {
    const settings = predownloadSettings(
      cloneSet({ ...annotations, 'apps.kruise.io/image-predownload-parallelism': 'abc' }),
    );
    assert.equal(settings.parallelism, 1);
    assert.equal(settings.problems.length, 1);
    assert.match(
      settings.problems[0] ?? '',
      /image-predownload-parallelism\]: must be .* not "abc"/,
    );
  });

  it('takes the annotation for a bad field', () => {
    const strategy = {
      rollingUpdate: { inPlaceUpdateStrategy: { imagePreDownloadParallelism: -1 } },
    };
    const settings = predownloadSettings(cloneSet(annotations, strategy));
    assert.deepEqual([settings.parallelism, settings.problems.length], [5, 1]);
  });

  it('takes an empty annotation for none', () => {
    const empty = Object.fromEntries(Object.keys(annotations).map(key => [key, '']));
    assert.deepEqual(predownloadSettings(cloneSet(empty)), DEFAULTS);
  });

  it('keeps a paused parallelism of 0', () => {
    const key = 'apps.kruise.io/image-predownload-parallelism';
    assert.equal(predownloadSettings(cloneSet({ [key]: '0' })).parallelism, 0);
    assert.equal(predownloadSettings(cloneSet({ [key]: '0%' })).parallelism, '0%');
  });

  it('gives usable settings for any JSON', () => {
    fc.assert(
      fc.property(anyWorkload, object => {
        const settings = predownloadSettings(object);
        assert.ok(Number.isInteger(settings.timeoutSeconds) && settings.timeoutSeconds >= 1);
        assert.ok(['auto', 'always', 'never'].includes(settings.mode));
      }),
    );
  });
});
