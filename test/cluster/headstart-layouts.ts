import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startImageBuilder, TARGETS, type Target } from './image-builder.ts';
import { makeWorkFolder } from './work-folder.ts';

/** Target → its image as `FOLDER:TAG` of an OCI layout. */
export type HeadstartLayouts = Readonly<Record<Target, string>>;

/** How lanes.ts hands its layouts to the suites, each of which is a process of its own. */
export const LAYOUTS_VARIABLE = 'HEADSTART_LAYOUTS';

let layouts: Promise<HeadstartLayouts> | undefined;

/** Both images of this checkout for this machine, built once for all suites of a run and removed with its process. */
export function headstartLayouts(): Promise<HeadstartLayouts> {
  layouts ??= givenLayouts() ?? buildLayouts();
  return layouts;
}

function givenLayouts(): Promise<HeadstartLayouts> | undefined {
  const given = process.env[LAYOUTS_VARIABLE];
  return given === undefined ? undefined : Promise.resolve(JSON.parse(given) as HeadstartLayouts);
}

async function buildLayouts(): Promise<HeadstartLayouts> {
  await using builder = await startImageBuilder();
  const folder = await makeWorkFolder('headstart-images');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const layoutOf = (target: Target): string => join(folder, target);
  for (const target of TARGETS) {
    await builder.build(target);
    await builder.writeImage(target, layoutOf(target));
  }
  return { manager: `${layoutOf('manager')}:image`, daemon: `${layoutOf('daemon')}:image` };
}
