// npm run build, then node --import tsx scripts/build-image.ts FOLDER: the container image as an OCI layout, for machines without Docker.
import { existsSync } from 'node:fs';
import { writeHeadstartImage } from './headstart-image.ts';

const [layout] = process.argv.slice(2);
if (layout === undefined || !existsSync('dist/headstart.mjs')) {
  console.error('usage: npm run build, then node --import tsx scripts/build-image.ts FOLDER');
  process.exit(2);
}
await writeHeadstartImage(layout, 'dist');
console.log(`skopeo copy oci:${layout}:headstart docker://REGISTRY/headstart:TAG`);
