import assert from 'node:assert/strict';
import { createTerminal } from '../../../cli/plugin/terminal.ts';

/** A stream that keeps what is written, and may be resized. */
function stream(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => {
    written.push(String(text));
    return true;
  };
  return { isTTY, columns: 20, rows: 5, write, written };
}

const RED_X = '\u001b[31mx\u001b[39m';

describe('the terminal', () => {
  it('paints for people', () => {
    assert.equal(createTerminal(stream(true), {}).paint('red', 'x'), RED_X);
  });

  for (const [name, isTTY, env] of [
    ['NO_COLOR', true, { NO_COLOR: '1' }],
    ['a pipe', false, {}],
    ['a dumb terminal', true, { TERM: 'dumb' }],
  ] as const) {
    it(`does not paint for ${name}`, () => {
      assert.equal(createTerminal(stream(isTTY), env).paint('red', 'x'), 'x');
    });
  }

  it('replaces what it showed, and leaves alone what has not changed', () => {
    const out = stream(true);
    const terminal = createTerminal(out, {});
    terminal.redraw(['a', 'b']);
    terminal.redraw(['a', 'b']);
    terminal.redraw(['c']);
    assert.deepEqual(out.written, ['a\nb\n', '\u001b[2A\r\u001b[0J', 'c\n']);
  });

  it('cuts to the present size, so that nothing wraps or scrolls', () => {
    const out = stream(true);
    const terminal = createTerminal(out, {});
    out.columns = 8;
    terminal.redraw(['0123456789', '1', '2', '3', '4', '5']);
    assert.deepEqual(out.written, ['012345…\n1\n2\n3\n']);
  });

  it('takes back lines that wrapped when the terminal became narrower', () => {
    const out = stream(true);
    const terminal = createTerminal(out, {});
    terminal.redraw(['0123456789', '', 'a']);
    out.columns = 4;
    terminal.redraw(['b']);
    assert.deepEqual(out.written.slice(1), ['\u001b[5A\r\u001b[0J', 'b\n']);
  });
});
