import assert from 'node:assert/strict';
import { type CrdServer, startCrdServer } from './crd-server.ts';
import { describeWith } from './kubernetes-version.ts';
import { until } from './until.ts';

const DIGEST = `nginx@sha256:${'a'.repeat(64)}`;

describeWith('ValidatingAdmissionPolicy', 'sample policies on kube-apiserver', () => {
  let server: CrdServer;

  before(async () => {
    server = await startCrdServer();
    for (const [name, label] of [
      ['limited', 'headstart.example/limited'],
      ['digests', 'headstart.example/digests-only'],
    ] as const) {
      await server.create({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { [label]: 'true' } },
      });
    }
    await server.kubectl(['apply', '-f', 'manifests/samples/policies/']);
    const forbidden = job({ image: 'evil.example/a:1' });
    await until(async () => (await attempt(forbidden)) !== '', {
      what: 'the policies to take effect',
    });
  });
  after(() => server[Symbol.asyncDispose]());

  const job = (spec: object, namespace = 'default', kind = 'ImagePullJob') => ({
    apiVersion: 'apps.kruise.io/v1beta1',
    kind,
    metadata: { name: 'probe', namespace },
    spec: { completionPolicy: { type: 'Always' }, ...spec },
  });
  /** What kubectl says on stderr; '' when the object is allowed. */
  const attempt = async (object: object): Promise<string> =>
    (await server.attempt(['create', '--dry-run=server'], object)).stderr;

  const names = (count: number) => ({ names: Array.from({ length: count }, (_, i) => `n-${i}`) });
  const list = (images: readonly string[], namespace?: string) =>
    job({ images }, namespace, 'ImageListPullJob');

  const allowed: Readonly<Record<string, object>> = {
    'an image of docker.io/library': job({ image: 'nginx:1' }),
    'an image of an allowed registry': job({ image: 'registry.example.com/team/app:1' }),
    'a list of both': list(['nginx:1', 'registry.example.com/a:1']),
    'ten nodes by name': job({ image: 'nginx', selector: names(10), parallelism: 5 }, 'limited'),
    'the nodes of pods': job({ image: 'nginx', podSelector: {} }, 'limited'),
    'a digest': job({ image: DIGEST }, 'digests'),
  };
  for (const [title, object] of Object.entries(allowed)) {
    it(`allow ${title}`, async () => {
      assert.equal(await attempt(object), '');
    });
  }

  const denied: Readonly<Record<string, readonly [object, RegExp]>> = {
    'another registry': [
      job({ image: 'evil.example/a:1' }),
      /images come from registry\.example\.com, docker\.io\/library only, not evil\.example\/a:1/,
    ],
    'a registry that only begins alike': [
      job({ image: 'registry.example.com.evil/a:1' }),
      /not registry\.example\.com\.evil/,
    ],
    'an image of docker.io outside of library': [
      job({ image: 'team/app' }),
      /not docker\.io\/team/,
    ],
    'one such image in a list': [list(['nginx', 'team/app']), /not docker\.io\/team\/app$/m],
    'every node': [job({ image: 'nginx' }, 'limited'), /must name 1 to 10 nodes/],
    'eleven nodes': [job({ image: 'nginx', selector: names(11) }, 'limited'), /1 to 10 nodes/],
    'nodes by label': [
      job({ image: 'nginx', selector: { matchLabels: { a: 'b' } } }, 'limited'),
      /1 to 10 nodes/,
    ],
    'six at once': [
      job({ image: 'nginx', podSelector: {}, parallelism: 6 }, 'limited'),
      /must be a number, 5 at most/,
    ],
    'a share of the nodes at once': [
      job({ image: 'nginx', podSelector: {}, parallelism: '50%' }, 'limited'),
      /must be a number, 5 at most/,
    ],
    'a tag': [job({ image: 'nginx:1' }, 'digests'), /must be named by digest/],
    'a tag in a list': [list([DIGEST, 'nginx:1'], 'digests'), /must be named by digest/],
  };
  for (const [title, [object, says]] of Object.entries(denied)) {
    it(`deny ${title}`, async () => {
      assert.match(await attempt(object), says);
    });
  }
});
