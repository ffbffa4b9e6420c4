import assert from 'node:assert/strict';
import { styledLines } from '../../scripts/recording/styled-lines.ts';
import { terminalSvg, textOfTerminalSvg } from '../../scripts/recording/terminal-svg.ts';

const OUTPUT = 'NAME   STATE\r\nweb    \u001b[31mFailed\u001b[39m\r\n\r\na <b> & c\r\n';

describe('styledLines', () => {
  it('takes colors from the text', () => {
    assert.deepEqual(styledLines(OUTPUT), [
      [{ text: 'NAME   STATE' }],
      [{ text: 'web    ' }, { text: 'Failed', color: 'red' }],
      [],
      [{ text: 'a <b> & c' }],
    ]);
  });

  it('keeps a color over the end of a line', () => {
    assert.deepEqual(styledLines('\u001b[32ma\nb\u001b[0m'), [
      [{ text: 'a', color: 'green' }],
      [{ text: 'b', color: 'green' }],
    ]);
  });

  it('refuses what would be lost', () => {
    assert.throws(() => styledLines('\u001b[2Aup'), /no color/);
  });
});

describe('terminalSvg', () => {
  const svg = terminalSvg('kubectl get a', styledLines(OUTPUT));

  it('holds the text of every line', () => {
    const lines = ['$ kubectl get a', 'NAME  STATE', 'web  Failed', '', 'a <b> & c'];
    assert.deepEqual(textOfTerminalSvg(svg), lines);
  });

  it('gives each column one place', () => {
    const places = [...svg.matchAll(/<tspan x="([\d.]+)"[^>]*>(STATE|Failed)</g)];
    assert.equal(places.length, 2);
    assert.equal(places[0]?.[1], places[1]?.[1]);
  });

  it('has colors for light and for dark, and a room for all lines', () => {
    assert.match(svg, /class="red">Failed/);
    assert.match(svg, /prefers-color-scheme: dark/);
    assert.match(svg, /viewBox="0 0 \d+ 127"/);
  });
});
