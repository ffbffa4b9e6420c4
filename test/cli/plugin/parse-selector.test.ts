import assert from 'node:assert/strict';
import { labelSelectorToString } from '../../../api/label-selector.ts';
import { parseSelector } from '../../../cli/plugin/parse-selector.ts';

describe('a label selector of the command line', () => {
  const good: readonly (readonly [string, string])[] = [
    ['app=web', 'app=web'],
    ['app==web', 'app=web'],
    ['app = web', 'app=web'],
    ['app=', 'app='],
    ['app!=web', 'app notin (web)'],
    ['app=web,tier=front', 'app=web,tier=front'],
    ['app in (web, api),gpu', 'app in (web,api),gpu'],
    ['app notin (web),!gpu', 'app notin (web),!gpu'],
    ['example.com/pool=a', 'example.com/pool=a'],
  ];
  for (const [text, meaning] of good) {
    it(`understands ${text}`, () => {
      const parsed = parseSelector(text);
      assert.ok(parsed.ok);
      assert.equal(labelSelectorToString(parsed.selector), meaning);
    });
  }

  for (const [text, message] of [
    ['', /cannot read ''/],
    ['app=web,', /cannot read ''/],
    ['a b', /cannot read 'a b'/],
    ['app in (web', /cannot read 'app in \(web'/],
    ['app=a=b', /cannot read 'app=a=b'/],
    ['-app=web', /label key .* not '-app'/],
    ['app=we b', /cannot read/],
  ] as const) {
    it(`refuses '${text}'`, () => {
      const parsed = parseSelector(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.message, message);
    });
  }
});
