// npm run recording: runs the plugin on an embedded cluster and draws what it prints, docs/images/plugin-*.svg.
import { writeFile } from 'node:fs/promises';
import { recordScenes } from './recording/plugin-scenes.ts';
import { styledLines } from './recording/styled-lines.ts';
import { terminalSvg } from './recording/terminal-svg.ts';

for (const { name, command, output } of await recordScenes()) {
  const file = new URL(`../docs/images/plugin-${name}.svg`, import.meta.url);
  await writeFile(file, terminalSvg(command, styledLines(output)));
}
process.exit(0);
