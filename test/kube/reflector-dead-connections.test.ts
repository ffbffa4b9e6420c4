import assert from 'node:assert/strict';
import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/resource.ts';
import type { WatchEvent, WatchOptions } from '../../kube/kube-client.ts';
import { onAbort } from '../../runtime/abort.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { requestsOf, startReflector } from './running-reflector.ts';

/** A watch that says nothing and never ends, as on a connection whose other side vanished. */
class SilentWatches extends FakeKube {
  override async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    this.requests.push({ verb: 'watch', resource: resource.plural });
    await new Promise((_, reject) => {
      onAbort(options.signal, () => reject(options.signal.reason as Error));
    });
    yield { type: 'BOOKMARK', resourceVersion: '' };
  }
}

/** A watch that sends one bookmark, and is then as dead as the silent one. */
class FallsSilent extends SilentWatches {
  override async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    yield { type: 'BOOKMARK', resourceVersion: options.resourceVersion };
    yield* super.watch(resource, options);
  }
}

describe('Reflector on a connection that died', () => {
  it('leaves a connection that is dead without a word', async () => {
    const kube = new SilentWatches();
    await using reflector = startReflector(kube);
    await kube.clock.advance(329_000);
    assert.equal(requestsOf(kube, 'watch').length, 1);
    await kube.clock.advance(2_000);
    assert.equal(requestsOf(kube, 'watch').length, 2);
    assert.match(String(reflector.log.at('warn')[0]?.fields['err']), /connection is dead/);
  });

  it('leaves a connection without bookmarks from a server that sends them', async () => {
    const kube = new FallsSilent();
    await using _reflector = startReflector(kube);
    await kube.clock.advance(149_000);
    assert.equal(requestsOf(kube, 'watch').length, 1);
    await kube.clock.advance(2_000);
    assert.equal(requestsOf(kube, 'watch').length, 2);
  });

  it('stays on a connection as long as there are bookmarks', async () => {
    const kube = new FakeKube();
    await using _reflector = startReflector(kube);
    for (let minute = 0; minute < 4; minute++) {
      await kube.clock.advance(60_000);
      kube.bookmark();
    }
    assert.equal(requestsOf(kube, 'watch').length, 1);
  });
});
