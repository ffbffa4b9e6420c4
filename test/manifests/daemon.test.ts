import assert from 'node:assert/strict';
import { daemonCommand } from '../../cli/daemon/command.ts';
import { daemon } from '../../manifests/daemon.ts';

interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly resources: { readonly limits: { readonly memory: string } };
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly [source: string]: unknown }[];
}

const podOf = (options: Parameters<typeof daemon>[0]): PodSpec =>
  (daemon(options)['spec'] as { template: { spec: PodSpec } }).template.spec;

const plain = podOf({ image: 'headstart' });
const withPlugins = podOf({
  image: 'headstart',
  credentialProvider: { configMap: 'providers', binDir: '/etc/eks/image-credential-provider' },
});
const withImageFs = podOf({ image: 'headstart', imageFsDir: '/var/lib/containerd/headstart' });

describe('the DaemonSet', () => {
  it('knows every flag that it gives', () => {
    const known = daemonCommand().options.map(({ long }) => long);
    for (const pod of [plain, withPlugins, withImageFs]) {
      const [, ...flags] = pod.containers[0]?.args ?? [];
      for (const flag of flags) assert.ok(known.includes(flag.replace(/=.*/, '')), flag);
    }
  });

  it('mounts every volume it has', () => {
    for (const { volumes, containers } of [plain, withPlugins, withImageFs]) {
      assert.deepEqual(
        containers[0]?.volumeMounts.map(({ name }) => name),
        volumes.map(({ name }) => name),
      );
    }
  });

  it('keeps the heap of Node within half of the memory it may have', () => {
    const [container] = plain.containers;
    const options = container?.env.find(({ name }) => name === 'NODE_OPTIONS')?.value ?? '';
    const [, heapMb] = /--max-old-space-size=(\d+)/.exec(options) ?? [];
    assert.equal(container?.resources.limits.memory, `${2 * Number(heapMb)}Mi`);
  });

  it('has its own network and nothing of credential plugins unless it runs some', () => {
    assert.equal(plain.hostNetwork, undefined);
    assert.deepEqual(
      plain.volumes.map(({ name }) => name),
      ['run'],
    );
  });

  it('sees how full the file system of images is where it is told of it, and starts on nodes without that folder', () => {
    const [container] = withImageFs.containers;
    assert.ok(container?.args.includes('--image-fs-dir=/host-image-fs'));
    assert.deepEqual(container?.volumeMounts.at(-1), {
      name: 'image-fs',
      mountPath: '/host-image-fs',
      readOnly: true,
    });
    assert.deepEqual(withImageFs.volumes.at(-1)?.['hostPath'], {
      path: '/var/lib/containerd/headstart',
      type: 'DirectoryOrCreate',
    });
  });

  it('lets the pause container reap what plugins leave behind', () => {
    assert.equal(withPlugins.shareProcessNamespace, true);
    assert.equal(plain.shareProcessNamespace, undefined);
  });

  it("sees plugins and their configuration, and uses the node's network for them", () => {
    assert.equal(withPlugins.hostNetwork, true);
    const [container] = withPlugins.containers;
    const paths = new Map(container?.volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
    const flag = (name: string): string | undefined =>
      container?.args.find(arg => arg.startsWith(`--${name}=`))?.split('=')[1];
    assert.equal(flag('credential-provider-config'), paths.get('credential-provider-config'));
    assert.equal(flag('credential-provider-bin-dir'), paths.get('credential-providers'));
    assert.deepEqual(
      withPlugins.volumes.find(({ name }) => name === 'credential-providers')?.['hostPath'],
      { path: '/etc/eks/image-credential-provider', type: 'Directory' },
    );
  });
});
