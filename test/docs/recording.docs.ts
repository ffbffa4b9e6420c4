import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { recordScenes, type Scene } from '../../scripts/recording/plugin-scenes.ts';
import { styledLines } from '../../scripts/recording/styled-lines.ts';
import { terminalSvg, textOfTerminalSvg } from '../../scripts/recording/terminal-svg.ts';
import { isShown } from './blocks/shown-output.ts';

const IMAGES = new URL('../../docs/images/', import.meta.url);
/** How far a pull is on a node differs from run to run. */
const NODE_STATES = /(?<= {2})(?:warm|waiting|pulling(?: \d+%)?|-)(?= {2}|$)/g;

const withoutStates = (line: string): string => line.replaceAll(NODE_STATES, 'state');

describe('Pictures of kubectl headstart', () => {
  let scenes: readonly Scene[];

  before(async () => {
    scenes = await recordScenes();
  });

  for (const name of ['status', 'why', 'nodes']) {
    it(`plugin-${name}.svg shows what the plugin prints today`, () => {
      const scene = scenes.find(each => each.name === name);
      assert.ok(scene);
      const picture = new URL(`plugin-${name}.svg`, IMAGES);
      assert.ok(existsSync(picture), 'npm run recording');
      const shown = textOfTerminalSvg(readFileSync(picture, 'utf8')).map(withoutStates);
      const fresh = terminalSvg(scene.command, styledLines(scene.output));
      const printed = textOfTerminalSvg(fresh).map(withoutStates).join('\n');
      assert.ok(
        isShown(shown, printed, { numbersVary: true }),
        `run npm run recording: it prints\n${printed}\nand the picture shows\n${shown.join('\n')}`,
      );
    });
  }
});
