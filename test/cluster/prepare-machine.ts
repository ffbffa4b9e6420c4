// node --import tsx test/cluster/prepare-machine.ts: installs and builds what the cluster tests need and this machine lacks.
// Arguments are the only Kubernetes programs to build.
import { installDebianPackages } from './debian-packages.ts';
import { DEFINITIONS, goModule } from './go-module.ts';
import { buildHelm } from './helm.ts';
import { makeImageBases } from './image-bases.ts';
import { buildKubernetesPrograms } from './kubernetes-programs.ts';

await installDebianPackages();
await buildKubernetesPrograms(process.argv.slice(2));
await buildHelm();
await makeImageBases();
for (const module of Object.values(DEFINITIONS)) await goModule(module);
console.log('This machine can run the cluster tests.');
