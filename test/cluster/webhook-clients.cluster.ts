import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../api/meta.ts';
import { ANNOTATION_IMAGE_CHANGE, ANNOTATION_PREDOWNLOAD } from '../../api/names.ts';
import { imageListPullJob, imagePullJob, named, nodeImage } from '../manifests/test-objects.ts';
import { apiServerCounter, FAIL_OPEN } from './api-server-counter.ts';
import { binary } from './binaries.ts';
import { DECLARATIVE_CLIENTS } from './clients/declarative-clients.ts';
import { startImageRewriter } from './clients/image-rewriter.ts';
import { cloneSetManifest } from './clients/manifest.ts';
import type { CrdServer } from './crd-server.ts';
import { mustRun } from './process.ts';
import { until } from './until.ts';
import { provideWebhooks } from './webhook-suite.ts';

const REVISION = 'deployment.kubernetes.io/revision';

describe('clients of workloads and of our own kinds on kube-apiserver', () => {
  let server: CrdServer;
  let leftOut: number;

  provideWebhooks(suite => {
    ({ server, leftOut } = suite);
  });

  const read = (...what: string[]): Promise<KubeObject> => server.get<KubeObject>(...what);
  const markOf = ({ metadata }: KubeObject): unknown =>
    JSON.parse(metadata.annotations?.[ANNOTATION_IMAGE_CHANGE] ?? 'null');
  const changed = (from: string, to: string): object => ({ web: { from, to } });

  /** Does it once, and a second time, which must leave the object as it is. */
  const twice = async (
    what: readonly string[],
    action: () => Promise<unknown>,
  ): Promise<KubeObject> => {
    await action();
    const once = await read(...what);
    await action();
    assert.deepEqual(await read(...what), once);
    return once;
  };

  for (const [index, client] of DECLARATIVE_CLIENTS.entries()) {
    const { name } = client;
    const bring: typeof client.bring = (...args) => client.bring(...args);
    for (const marked of [false, true]) {
      const file = marked ? 'a file that holds an old mark' : 'a file';
      it(`${name}, brings ${file}, and the second time nothing changes`, async () => {
        const id = `c${index}-${marked}`;
        const what = ['cloneset', id];
        const [first, second] = ['web:1', 'web:2'].map(image =>
          cloneSetManifest(id, image, marked),
        );
        assert.ok(first !== undefined && second !== undefined);
        await bring(server, first);
        const created = await twice(what, () => bring(server, first, first));
        assert.equal(markOf(created), null);
        await bring(server, second, first);
        const updated = await twice(what, () => bring(server, second, second));
        assert.deepEqual(markOf(updated), changed('web:1', 'web:2'));
        assert.equal(updated.metadata.generation, 2);
        await bring(server, first, second);
        const back = await twice(what, () => bring(server, first, first));
        assert.equal(markOf(back), null);
      });
    }
  }

  it('a file from kubectl get, replaced or applied again, changes nothing', async () => {
    const what = ['cloneset', 'got'];
    await server.create(cloneSetManifest('got', 'web:1'));
    await server.patch(what, { spec: cloneSetManifest('got', 'web:2').spec });
    const input = await server.kubectl(['get', ...what, '-o', 'yaml']);
    const before = await read(...what);
    await server.kubectl(['replace', '-f', '-'], { input });
    assert.deepEqual(await read(...what), before);
    assert.deepEqual(markOf(before), changed('web:1', 'web:2'));
  });

  for (const args of [[], ['--server-side', '--field-manager=argocd-controller']]) {
    it(`kubectl diff ${args.join(' ')} sees no drift beside the mark`, async () => {
      const id = `diff-${args.length}`;
      const [first, second] = [cloneSetManifest(id, 'web:1'), cloneSetManifest(id, 'web:2')];
      for (const manifest of [first, second]) {
        await server.kubectl(['apply', ...args, '-f', '-'], { input: JSON.stringify(manifest) });
      }
      const { code, stdout } = await server.attempt(['diff', ...args], second);
      assert.equal(stdout, '');
      assert.equal(code, 0);
      assert.deepEqual(markOf(await read('cloneset', id)), changed('web:1', 'web:2'));
    });
  }

  it('two managers that apply a part each have no conflict over the mark', async () => {
    const what = ['cloneset', 'shared'];
    const apply = (manager: string, object: object): Promise<string> =>
      server.kubectl(['apply', '--server-side', `--field-manager=${manager}`, '-f', '-'], {
        input: JSON.stringify(object),
      });
    const metadata = { name: 'shared', labels: { team: 'a' } };
    const labels = { apiVersion: 'apps.kruise.io/v1beta1', kind: 'CloneSet', metadata };
    await apply('team', cloneSetManifest('shared', 'web:1'));
    await apply('labels', labels);
    await apply('team', cloneSetManifest('shared', 'web:2'));
    await twice(what, () => apply('labels', labels));
    const last = await twice(what, () => apply('team', cloneSetManifest('shared', 'web:2')));
    assert.deepEqual(markOf(last), changed('web:1', 'web:2'));
    assert.ok(
      !JSON.stringify(await read(...what, '--show-managed-fields')).includes('f:headstart'),
    );
  });

  it('kubectl edit changes the image and then nothing', async () => {
    const what = ['cloneset', 'edited'];
    await server.create(cloneSetManifest('edited', 'web:1'));
    const editor = join(server.controlPlane.folder, 'editor.sh');
    await writeFile(editor, '#!/bin/sh\nsed -i s/web:1$/web:2/ "$1"\n');
    await chmod(editor, 0o755);
    const kubectl = [binary('kubectl'), `--kubeconfig=${server.controlPlane.kubeconfigPath}`];
    // In a session of its own: it would take over the terminal, and a test in the background has none.
    const edit = (): Promise<string> =>
      mustRun(['setsid', '--wait', ...kubectl, 'edit', ...what], { env: { KUBE_EDITOR: editor } });
    const after = await twice(what, edit);
    assert.deepEqual(markOf(after), changed('web:1', 'web:2'));
  });

  it('kubectl patch by JSON and by merge changes the image and then nothing', async () => {
    const what = ['cloneset', 'patched'];
    await server.create(cloneSetManifest('patched', 'web:1'));
    const byJson = [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'web:2' },
    ];
    const patch = (type: string, body: object): Promise<string> =>
      server.kubectl(['patch', ...what, `--type=${type}`, '-p', JSON.stringify(body)]);
    assert.deepEqual(
      markOf(await twice(what, () => patch('json', byJson))),
      changed('web:1', 'web:2'),
    );
    const byMerge = { spec: cloneSetManifest('patched', 'web:3').spec };
    assert.deepEqual(
      markOf(await twice(what, () => patch('merge', byMerge))),
      changed('web:2', 'web:3'),
    );
  });

  it('a mirror that rewrites images after us is in the mark, and the second time nothing changes', async () => {
    const what = ['cloneset', 'mirrored'];
    await server.controlPlane.apply(cloneSetManifest('mirrored', 'web:1'));
    await using _ = await startImageRewriter(server.controlPlane, 'mirror.example/');
    const probe = cloneSetManifest('probe', 'web:1');
    await until(
      async () => {
        const args = ['create', '--dry-run=server', '-o', 'json'];
        return (await server.attempt(args, probe)).stdout.includes('mirror.example');
      },
      { what: 'the rewriter to be called' },
    );
    const apply = (): Promise<string> =>
      server.kubectl(['apply', '-f', '-'], {
        input: JSON.stringify(cloneSetManifest('mirrored', 'web:2')),
      });
    const after = await twice(what, apply);
    assert.deepEqual(markOf(after), changed('web:1', 'mirror.example/web:2'));
  });

  describe('of a Deployment that asks', () => {
    const what = ['deployment', 'web'];
    const deployment = {
      ...cloneSetManifest('web', 'web:1'),
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', annotations: { [ANNOTATION_PREDOWNLOAD]: 'always' } },
    };
    before(() => server.controlPlane.apply(deployment));

    it('kubectl set image changes the image and then nothing', async () => {
      const set = (): Promise<string> => server.kubectl(['set', 'image', ...what, 'web=web:2']);
      assert.deepEqual(markOf(await twice(what, set)), changed('web:1', 'web:2'));
    });

    it('kubectl rollout restart leaves the mark as it is', async () => {
      await server.kubectl(['rollout', 'restart', ...what]);
      assert.deepEqual(markOf(await read(...what)), changed('web:1', 'web:2'));
    });

    it('kubectl rollout undo, which brings annotations of the old revision back, takes the mark away', async () => {
      const { metadata, spec } = (await read(...what)) as KubeObject & {
        spec: { template: object };
      };
      const oldMark = JSON.stringify(changed('web:0', 'web:1'));
      const copied = { ...deployment.metadata.annotations, [ANNOTATION_IMAGE_CHANGE]: oldMark };
      const templates = [deployment.spec as { template: object }, spec].map(
        ({ template }) => template,
      );
      for (const [index, template] of templates.entries()) {
        await server.create(replicaSet(index + 1, template, metadata, copied));
      }
      await server.kubectl(['annotate', ...what, `${REVISION}=2`]);
      await server.kubectl(['rollout', 'undo', ...what]);
      const after = await read(...what);
      assert.ok(JSON.stringify(after).includes('"image":"web:1"'));
      assert.equal(markOf(after), null);
    });
  });

  describe('of our own kinds', () => {
    const objects = [
      named('kept', imagePullJob({ selector: { names: ['node-1'] }, pullPolicy: {} })),
      named('kept', imageListPullJob({ completionPolicy: {} })),
      named(
        'kept',
        nodeImage([
          { tag: '2', pullPolicy: { ttlSecondsAfterFinished: 300 } },
          { tag: '1', pullPolicy: { ttlSecondsAfterFinished: 300 } },
        ]),
      ),
    ];
    const items = { apiVersion: 'v1', kind: 'List', items: objects };
    const what = objects.map(({ kind }) => `${kind.toLowerCase()}/kept`);

    for (const verb of ['apply', 'replace', 'apply --server-side']) {
      it(`kubectl ${verb} fills in defaults, and the second time nothing changes`, async () => {
        const input = JSON.stringify(items);
        if (verb === 'replace') await server.kubectl(['create', '-f', '-'], { input });
        const bring = (): Promise<string> =>
          server.kubectl([...verb.split(' '), '-f', '-'], { input });
        await bring();
        // Time stamps have whole seconds.
        await new Promise(resolve => setTimeout(resolve, 1_100));
        await twice(what, bring);
        await server.kubectl(['delete', ...what]);
      });
    }
  });

  describe('after all that', () => {
    it('no webhook was ever left out', async () => {
      assert.equal(await apiServerCounter(server, FAIL_OPEN), leftOut);
    });
  });
});

/** As kube-controller-manager makes them. */
function replicaSet(
  revision: number,
  template: object,
  { name, uid }: KubeObject['metadata'],
  annotations: Readonly<Record<string, string>>,
): object {
  const hash = `r${revision}`;
  const labels = { app: name, 'pod-template-hash': hash };
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      labels,
      annotations: { [REVISION]: String(revision), ...annotations },
      ownerReferences: [owner],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        ...template,
        metadata: { ...(template as { metadata?: object }).metadata, labels },
      },
    },
  };
}
