import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import { imageListPullJob, imagePullJob, named, nodeImage } from '../manifests/test-objects.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';

const FOLDER = 'manifests/samples';

describe('Samples on kube-apiserver', () => {
  let server: CrdServer;

  before(async () => {
    server = await startCrdServer();
    await server.kubectl(['create', 'namespace', SYSTEM_NAMESPACE]);
  });
  after(() => server[Symbol.asyncDispose]());

  for (const file of readdirSync(FOLDER).filter(name => name.endsWith('.yaml'))) {
    it(`${file} applies, dry run first, without a warning`, async () => {
      for (const mode of ['server', 'none']) {
        const { code, stderr } = await server.controlPlane.kubectl(
          'apply',
          `--dry-run=${mode}`,
          '--validate=strict',
          '-f',
          `${FOLDER}/${file}`,
        );
        assert.equal(stderr, '');
        assert.equal(code, 0);
      }
    });
  }

  it('patches/node-image-ubuntu.yaml asks a node for an image, as a file and in one line', async () => {
    const what = ['patch', 'nodeimage', 'node-xxx', '--type=merge'];
    const oneLine =
      '{"spec":{"images":{"ubuntu":{"tags":[{"tag":"latest","pullPolicy":{"ttlSecondsAfterFinished":300}}]}}}}';
    await server.kubectl([...what, '-p', oneLine]);
    await server.kubectl([...what, '--patch-file', `${FOLDER}/patches/node-image-ubuntu.yaml`]);
    const { spec } = await server.get<{ spec: object }>('nodeimage', 'node-xxx');
    const pullPolicy = {
      ttlSecondsAfterFinished: 300,
      timeoutSeconds: 600,
      backoffLimit: 3,
      activeDeadlineSeconds: 1200,
    };
    assert.deepEqual(spec, { images: { ubuntu: { tags: [{ tag: 'latest', pullPolicy }] } } });
  });
});

describe('kubectl get prints the columns of the documents', () => {
  let server: CrdServer;

  before(async () => {
    server = await startCrdServer();
    await server.create(named('job-with-always', imagePullJob({ parallelism: '10%' })));
    await server.patchStatus(['imagepulljob', 'job-with-always'], {
      desired: 4,
      active: 0,
      succeeded: 0,
      failed: 4,
      waiting: 0,
      unavailable: 0,
      message: 'job has completed',
      conditions: [
        {
          type: 'Complete',
          status: 'True',
          reason: 'Succeeded',
          message: '',
          lastTransitionTime: '2026-01-31T12:00:00Z',
        },
      ],
    });
    await server.create(named('list', imageListPullJob({})));
    await server.patchStatus(['imagelistpulljob', 'list'], {
      desired: 2,
      active: 0,
      completed: 2,
      succeeded: 1,
    });
    await server.create(named('node-1', nodeImage([])));
    await server.patchStatus(['nodeimage', 'node-1'], {
      desired: 3,
      pulling: 1,
      succeeded: 2,
      failed: 0,
      waiting: 0,
      firstSyncStatus: { status: 'Succeeded' },
    });
    await server.kubectl(['apply', '-f', `${FOLDER}/cloneset-01-demo.yaml`]);
    await server.patchStatus(['clone', 'cs-demo'], {
      replicas: 3,
      updatedReplicas: 3,
      updatedReadyReplicas: 2,
      readyReplicas: 3,
      labelSelector: 'app=cs',
    });
    await server.kubectl(['apply', '-f', `${FOLDER}/statefulset.yaml`]);
    await server.patchStatus(['asts', 'asts-demo'], {
      replicas: 4,
      updatedReplicas: 2,
      readyReplicas: 3,
    });
    await server.kubectl(['apply', '-f', `${FOLDER}/daemonset.yaml`]);
    await server.patchStatus(['ads', 'ads-demo'], {
      desiredNumberScheduled: 5,
      currentNumberScheduled: 5,
      numberReady: 4,
      updatedNumberScheduled: 2,
      numberAvailable: 3,
    });
  });
  after(() => server[Symbol.asyncDispose]());

  const narrow: readonly (readonly [plural: string, header: string, row: string])[] = [
    [
      'imagepulljobs',
      'NAME TOTAL ACTIVE SUCCEED FAILED AGE MESSAGE',
      'job-with-always 4 0 0 4 AGE job has completed',
    ],
    ['imagelistpulljobs', 'NAME TOTAL SUCCEEDED COMPLETED AGE', 'list 2 1 2 AGE'],
    ['nodeimages', 'NAME DESIRED PULLING SUCCEED FAILED AGE', 'node-1 3 1 2 0 AGE'],
    ['clonesets', 'NAME DESIRED UPDATED UPDATED_READY READY TOTAL AGE', 'cs-demo 3 3 2 3 3 AGE'],
    ['statefulsets', 'NAME DESIRED CURRENT UPDATED READY AGE', 'asts-demo 4 4 2 3 AGE'],
    ['daemonsets', 'NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE AGE', 'ads-demo 5 5 4 2 3 AGE'],
  ];
  for (const version of ['v1alpha1', 'v1beta1']) {
    for (const [plural, header, row] of narrow) {
      it(`of ${plural} in ${version}`, async () => {
        const text = await server.kubectl(['get', `${plural}.${version}.apps.kruise.io`]);
        assert.deepEqual(lines(text), [header, row]);
      });
    }
  }

  const wide: readonly (readonly [plural: string, header: RegExp, row: RegExp])[] = [
    [
      'imagepulljobs',
      /MESSAGE IMAGE PARALLELISM WAITING UNAVAILABLE$/,
      /completed nginx:1 10% 0 0$/,
    ],
    ['imagelistpulljobs', /AGE ACTIVE PARALLELISM$/, /AGE 0$/],
    ['nodeimages', /AGE WAITING FIRST_SYNC$/, /AGE 0 Succeeded$/],
    ['clonesets', /AGE CONTAINERS IMAGES SELECTOR$/, /AGE nginx nginx:alpine app=cs$/],
    ['statefulsets', /AGE CONTAINERS IMAGES$/, /AGE nginx nginx:1\.21$/],
    ['daemonsets', /AGE CONTAINERS IMAGES$/, /AGE nginx nginx:1\.27$/],
  ];
  for (const [plural, header, row] of wide) {
    it(`of ${plural}, and more with -o wide`, async () => {
      const text = await server.kubectl(['get', `${plural}.apps.kruise.io`, '-o', 'wide']);
      assert.match(lines(text)[0] ?? '', header);
      assert.match(lines(text)[1] ?? '', row);
    });
  }

  it('and by the short names clone, sts, asts, daemon and ads', async () => {
    const names = await server.kubectl(['api-resources', '--api-group=apps.kruise.io']);
    assert.match(names, /^clonesets +clone /m);
    assert.match(names, /^statefulsets +sts,asts /m);
    assert.match(names, /^daemonsets +daemon,ads /m);
  });

  it('and waits for a job to be complete', async () => {
    await server.kubectl([
      'wait',
      '--for=condition=Complete',
      'imagepulljob/job-with-always',
      '--timeout=5s',
    ]);
  });
});

/** What kubectl printed, columns apart by one space, ages as AGE. */
function lines(text: string): readonly string[] {
  return text
    .trim()
    .split('\n')
    .map(line =>
      line
        .replace(/ \d+s\b/, ' AGE')
        .replace(/ +/g, ' ')
        .trim(),
    );
}
