// node --import tsx test/cluster/up.ts [NODES]: boots a cluster to play with and keeps it until Ctrl-C.
import { startCluster } from './cluster.ts';

const cluster = await startCluster({ nodes: Number(process.argv[2] ?? 4) });
console.log(await cluster.mustKubectl(['get', 'nodes']));
console.log(`registry ${cluster.registry.host}, with a password ${cluster.privateRegistry.host}`);
console.log(`export KUBECONFIG=${cluster.kubeconfigPath}`);
