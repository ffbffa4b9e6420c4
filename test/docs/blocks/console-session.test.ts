import assert from 'node:assert/strict';
import { consoleSession } from './console-session.ts';

describe('consoleSession', () => {
  it('takes commands apart from what they print', () => {
    assert.deepEqual(consoleSession('$ true\n$ ls -a\n.\n..\n'), [
      { command: 'true', output: [] },
      { command: 'ls -a', output: ['.', '..'] },
    ]);
  });

  it('follows a command over a backslash and an open quote', () => {
    assert.deepEqual(consoleSession("$ echo a \\\n  b\na b\n$ echo 'a\nb'\na\nb\n"), [
      { command: 'echo a \\\n  b', output: ['a b'] },
      { command: "echo 'a\nb'", output: ['a', 'b'] },
    ]);
  });

  it('refuses output of nothing', () => {
    assert.throws(() => consoleSession('ls\n'), /starts with "\$ "/);
  });
});
