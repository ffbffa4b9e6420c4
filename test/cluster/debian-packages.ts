import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { findBinary } from './binaries.ts';
import { mustRun, run } from './process.ts';

/** Installs the Debian packages whose programs this machine lacks. Needs root when one is missing. */
export async function installDebianPackages(): Promise<void> {
  const missing: string[] = [];
  for (const [name, isPresent] of Object.entries(PACKAGES)) {
    if (!(await isPresent())) missing.push(name);
  }
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(' ')}`);
  await withoutStartingServices(async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const options = { env, timeoutMs: 10 * 60_000 };
    await mustRun(['apt-get', 'update', '-q'], options);
    const flags = ['--yes', '-q', '--no-install-recommends'];
    await mustRun(['apt-get', 'install', ...flags, ...missing], options);
  });
}

const program = (name: string) => () => findBinary(name) !== undefined;

/** Package → whether what we need of it is there, from wherever it came: a machine may have containerd from elsewhere. */
const PACKAGES: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  'etcd-server': program('etcd'),
  containerd: program('containerd'),
  runc: program('runc'),
  'docker-registry': program('docker-registry'),
  'containernetworking-plugins': () => existsSync('/usr/lib/cni/bridge'),
  iptables: program('iptables'),
  conntrack: program('conntrack'),
  skopeo: program('skopeo'),
  // Carries out the Dockerfile.
  buildah: program('buildah'),
  // Test images hold nothing but this file: ldd fails on a program without libraries.
  'busybox-static': async () =>
    existsSync('/bin/busybox') && (await run(['ldd', '/bin/busybox'])).code !== 0,
  iproute2: program('tc'),
  openssl: program('openssl'),
  // A command of docs/quick-start-on-a-cluster.md.
  jq: program('jq'),
  // Argo CD runs health checks in this version of Lua.
  'lua5.1': program('lua5.1'),
  // The browser that looks at the dashboard.
  chromium: program('chromium'),
  // For promtool, which plays series to the alert rules.
  prometheus: program('promtool'),
};

/** The packages bring services of the machine (etcd, containerd, a registry); ours run inside of the tests only. */
async function withoutStartingServices(install: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  // 101: action forbidden by policy (invoke-rc.d(8)).
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    await rm(policy);
  }
}
