import assert from 'node:assert/strict';
import {
  matchesFields,
  parseFieldSelector,
} from '../../../sim/api-server/selectors/field-selector.ts';
import {
  matchesLabels,
  parseLabelSelector,
  requirementsOf,
} from '../../../sim/api-server/selectors/label-selector.ts';

const labels = { app: 'web', tier: '3', 'example.com/x': '' };

const LABEL_CASES: readonly (readonly [selector: string, matches: boolean])[] = [
  ['', true],
  ['app=web', true],
  ['app==web', true],
  ['app = web', true],
  ['app=db', false],
  ['app!=db', true],
  ['app!=web', false],
  ['nope!=web', true],
  ['app in (db, web)', true],
  ['app in (db)', false],
  ['app notin (db)', true],
  ['nope notin (db)', true],
  ['app notin (web)', false],
  ['app', true],
  ['nope', false],
  ['!nope', true],
  ['!app', false],
  ['example.com/x', true],
  ['example.com/x=', true],
  ['tier>2', true],
  ['tier<3', false],
  ['constructor', false],
  ['app=web,tier=3,!nope,tier in (1,2,3)', true],
  ['app=web,tier=4', false],
];

describe('parseLabelSelector', () => {
  for (const [selector, matches] of LABEL_CASES) {
    it(`${matches ? 'finds' : 'leaves out'} the object with '${selector}'`, () => {
      assert.equal(matchesLabels(parseLabelSelector(selector), labels), matches);
    });
  }

  for (const selector of ['a b', 'a=b=c', '=b', 'a in b', 'a,(b']) {
    it(`refuses '${selector}'`, () => {
      assert.throws(() => parseLabelSelector(selector), /unable to parse requirement/);
    });
  }
});

describe('requirementsOf', () => {
  it('takes both parts of a selector', () => {
    const requirements = requirementsOf({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['3'] }],
    });
    assert.equal(matchesLabels(requirements, labels), false);
    assert.equal(matchesLabels(requirements, { app: 'web', tier: '1' }), true);
  });

  it('matches everything without a selector', () => {
    assert.equal(matchesLabels(requirementsOf(undefined), labels), true);
  });
});

describe('parseFieldSelector', () => {
  const fields = new Map([
    ['metadata.name', ['metadata', 'name']],
    ['spec.on', ['spec', 'on']],
  ]);
  const object = { metadata: { name: 'a' }, spec: { on: true } };
  const cases: readonly (readonly [selector: string, matches: boolean])[] = [
    ['metadata.name=a', true],
    ['metadata.name==a', true],
    ['metadata.name!=a', false],
    ['spec.on=true', true],
    ['metadata.name=a,spec.on=false', false],
    ['', true],
  ];
  for (const [selector, matches] of cases) {
    it(`${matches ? 'finds' : 'leaves out'} the object with '${selector}'`, () => {
      const requirements = parseFieldSelector(selector, fields);
      assert.equal(matchesFields(requirements, fields, object), matches);
    });
  }

  it('refuses a field that the kind cannot be selected by', () => {
    assert.throws(
      () => parseFieldSelector('spec.size=1', fields),
      /field label not supported: spec.size/,
    );
  });

  it('refuses what is no selector', () => {
    assert.throws(() => parseFieldSelector('metadata.name', fields), /invalid selector/);
  });
});
