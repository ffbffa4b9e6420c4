import assert from 'node:assert/strict';
import { isShown } from './shown-output.ts';

describe('isShown', () => {
  const same: readonly (readonly [what: string, shown: string, printed: string])[] = [
    ['the same text', 'job/web created', 'job/web created\n'],
    ['another age', 'web   4   5s', 'web   4   1m20s'],
    ['another hash', 'web-90590733f59e', 'web-0123456789ab'],
    ['wider columns', 'NAME   AGE', 'NAME                  AGE'],
    ['another bar', '████░░░░░░░░ 2/6', '██████░░░░░░ 3/6'],
    ['the end of a line', 'node-1: failed to pull …: 401', 'node-1: failed to pull a/b:1: 401'],
    ['lines left out', 'first\n…\nlast', 'first\n2\n3\nlast'],
    ['no line left out', 'first\n…\nlast', 'first\nlast'],
  ];
  for (const [what, shown, printed] of same) {
    it(`lets pass: ${what}`, () => assert.ok(isShown(shown.split('\n'), printed)));
  }

  const other: readonly (readonly [what: string, shown: string, printed: string])[] = [
    ['another word', 'job/web created', 'job/web configured'],
    ['another number', 'web   4   0', 'web   4   1'],
    ['a line more', 'a', 'a\nb'],
    ['a line less', 'a\nb', 'a'],
    ['nothing', 'a', ''],
    ['a pattern of its own', 'a.c', 'abc'],
  ];
  for (const [what, shown, printed] of other) {
    it(`finds ${what}`, () => assert.ok(!isShown(shown.split('\n'), printed)));
  }

  it('leaves numbers out where the page asks for it', () => {
    const numbersVary = true;
    assert.ok(isShown(['progress 33.3%, 2 of 4'], 'progress 0.0%, 1 of 4', { numbersVary }));
    assert.ok(!isShown(['progress 33.3%'], 'progress unknown', { numbersVary }));
  });
});
