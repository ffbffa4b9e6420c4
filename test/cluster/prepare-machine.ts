// node --import tsx test/cluster/prepare-machine.ts: installs and builds what the cluster tests need and this machine lacks.
import { installDebianPackages } from './debian-packages.ts';
import { buildKubernetesPrograms } from './kubernetes-programs.ts';

await installDebianPackages();
await buildKubernetesPrograms();
console.log('This machine can run the cluster tests.');
