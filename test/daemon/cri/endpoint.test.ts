import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { findSockets, socketPathOf } from '../../../daemon/cri/endpoint.ts';
import { makeTempFolder } from '../../support/temp-folder.ts';

describe('findSockets', () => {
  it("finds the sockets that exist, in the peer's order", async () => {
    await using folder = await makeTempFolder();
    const at = (name: string): string => join(folder.path, name);
    await Promise.all(['crio', 'cri-dockerd', 'containerd'].map(name => mkdir(at(name))));
    const names = ['cri-dockerd/cri-dockerd.sock', 'crio/crio.sock', 'containerd/containerd.sock'];
    const servers = await Promise.all(names.map(name => listen(at(name))));
    await writeFile(at('containerd.sock'), 'no socket');
    assert.deepEqual(await findSockets(folder.path), names.reverse().map(at));
    await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  });

  it('finds nothing below a folder that does not exist', async () => {
    assert.deepEqual(await findSockets('/nonexistent'), []);
  });
});

describe('socketPathOf', () => {
  for (const endpoint of ['unix:///run/c.sock', 'unix:/run/c.sock', '/run/c.sock']) {
    it(`understands ${endpoint}`, () => assert.equal(socketPathOf(endpoint), '/run/c.sock'));
  }
  for (const endpoint of ['tcp://127.0.0.1:2375', 'c.sock', '', 'npipe:////./pipe/x']) {
    it(`refuses '${endpoint}'`, () =>
      assert.throws(() => socketPathOf(endpoint), { code: 'CONFIG_INVALID' }));
  }
});

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}
