import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { customResourceDefinitions, OWN_CRDS } from '../../manifests/crds.ts';
import { systemClock } from '../../runtime/clock.ts';
import { startTestServer } from '../sim/api-server/test-server.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { type Ending, freePort, headstart, startHeadstart } from './run-headstart.ts';

/** Lines of an error for people: no stack, no JSON. */
function assertForPeople({ stderr }: Ending): void {
  assert.doesNotMatch(stderr, /^\s+at |node:internal|\{/m);
}

describe('headstart', function () {
  this.timeout(30_000);
  this.slow(5000);

  const usage: readonly {
    readonly name: string;
    readonly args: readonly string[];
    readonly lines: readonly RegExp[];
  }[] = [
    {
      name: 'every bad flag of the manager at once',
      args: ['manager', '--webhook-port=x', '--feature-gates=Foo=true', '--log-level=loud'],
      lines: [
        /^headstart: --webhook-port must be a whole number from 0 to 65535, not 'x'$/,
        /^headstart: --feature-gates does not know 'Foo'; it knows KruiseDaemon, /,
        /^headstart: --log-level must be one of info, debug, warn, error, not 'loud'$/,
      ],
    },
    {
      name: 'every bad flag of the daemon at once',
      args: [
        'daemon',
        '--max-concurrent-pulls=0',
        '--metrics-address=here',
        '--credential-provider-config=/etc/plugins.yaml',
      ],
      lines: [
        /^headstart: --node-name is required/,
        /^headstart: --credential-provider-bin-dir is required: where the plugins are$/,
        /^headstart: --max-concurrent-pulls must be a whole number from 1 to 100, not '0'$/,
        /^headstart: --metrics-address must look like .*, not 'here'$/,
      ],
    },
    {
      name: 'that plugins need a configuration and a folder',
      args: ['manifests', '--credential-provider-bin-dir=/opt/bin'],
      lines: [/^headstart: --credential-provider-config-map is required: which plugins to run/],
    },
    {
      name: 'a kubeconfig that cannot be read',
      args: ['manager', '--kubeconfig=/nonexistent/config'],
      lines: [/^headstart: cannot read kubeconfig \/nonexistent\/config: ENOENT/],
    },
    {
      name: 'that it knows no cluster',
      args: ['daemon', '--node-name=n'],
      lines: [
        /^headstart: no cluster to talk to: give --kubeconfig, set KUBECONFIG, or run in a pod$/,
      ],
    },
    {
      name: 'an unknown command',
      args: ['mangaer'],
      lines: [/^error: unknown command 'mangaer'$/, /^\(Did you mean manager\?\)$/, /--help/],
    },
  ];
  for (const { name, args, lines } of usage) {
    it(`tells ${name}, and exits with 2`, async () => {
      const ending = await headstart(...args);
      assert.equal(ending.code, 2);
      assertForPeople(ending);
      const said = ending.stderr.trimEnd().split('\n');
      assert.equal(said.length, lines.length, ending.stderr);
      for (const [index, line] of lines.entries()) assert.match(said[index] ?? '', line);
    });
  }

  it('manager names install.yaml when the cluster lacks our kinds, and exits with 1', async () => {
    await using temp = await makeTempFolder();
    await using server = await startTestServer();
    const kubeconfig = join(temp.path, 'kubeconfig');
    await writeFile(kubeconfig, server.kubeconfig());
    const ending = await headstart('manager', `--kubeconfig=${kubeconfig}`);
    assert.equal(ending.code, 1);
    assertForPeople(ending);
    assert.match(
      ending.stderr.trimEnd().split('\n').at(-1) ?? '',
      /^headstart: the cluster does not serve imagepulljobs\.apps\.kruise\.io.*: apply manifests\/install\.yaml first$/,
    );
  });

  it('daemon without a runtime stays up, is healthy but not ready, says why, and ends well when asked', async () => {
    await using temp = await makeTempFolder();
    await using server = await startTestServer({ objects: customResourceDefinitions(OWN_CRDS) });
    const kubeconfig = join(temp.path, 'kubeconfig');
    await writeFile(kubeconfig, server.kubeconfig());
    const address = `127.0.0.1:${await freePort()}`;
    await using daemon = await startHeadstart(
      'daemon',
      '--node-name=n',
      `--kubeconfig=${kubeconfig}`,
      `--run-dir=${temp.path}`,
      `--metrics-address=${address}`,
    );
    const ready = await answer(`http://${address}/readyz`, /no container runtime|no runtime/);
    assert.equal(ready.status, 503);
    assert.equal((await fetch(`http://${address}/healthz`)).status, 200);
    daemon.kill('SIGTERM');
    assert.equal((await daemon.ended).code, 0);
  });
});

/** The first answer of `url` whose text is as expected. */
async function answer(url: string, expected: RegExp): Promise<{ status: number; text: string }> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    const text = (await response?.text()) ?? '';
    if (response !== undefined && expected.test(text)) return { status: response.status, text };
    await systemClock.sleep(50);
  }
}
