/** containerd 1.6 or later, its socket and state in the usual places. */
export function containerdConfig(folder: string, sandboxImage: string): string {
  // Without CAP_SYS_RESOURCE nobody may lower an OOM score, and AppArmor profiles belong to the machine.
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${folder}/certs.d"
`;
}

/** hosts.toml that sends containerd to the registry at `host`, which speaks plain HTTP, and nowhere else. */
export function registryHosts(host: string): string {
  return `server = "http://${host}"
[host."http://${host}"]
  capabilities = ["pull", "resolve"]
`;
}

/** A bridge for the Pods of one node; routes between nodes are the network's. */
export function cniConfig(podSubnet: string): object {
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods',
        isGateway: true,
        ipMasq: false,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: podSubnet }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'loopback' },
    ],
  };
}

/** A kubelet that leaves the machine's cgroups, OOM scores and iptables alone. */
export function kubeletConfig(options: {
  readonly address: string;
  readonly cgroupRoot: string;
  readonly caCertificate: string;
}): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: options.address,
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: options.cgroupRoot,
    // kubelet refuses cgroup v1 from 1.35 on and by a flag before; machines still have it.
    failCgroupV1: false,
    failSwapOn: false,
    // Both need cgroups that kubelet may create and limit at the machine's root.
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      x509: { clientCAFile: options.caCertificate },
    },
    authorization: { mode: 'AlwaysAllow' },
    // Tests fill disks on purpose, but never the machine's.
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
    },
  };
}
