// node --import tsx scripts/build-image.ts FOLDER: the container image as an OCI layout, for machines without Docker.
import { writeHeadstartImage } from './headstart-image.ts';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node --import tsx scripts/build-image.ts FOLDER');
  process.exit(2);
}
await writeHeadstartImage(folder);
console.log(`skopeo copy oci:${folder}:headstart docker://REGISTRY/headstart:TAG`);
