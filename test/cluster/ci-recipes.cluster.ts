import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../cli/embedded/embedded-cluster.ts';
import { silentLogger } from '../../runtime/log.ts';
import { RegistryModel } from '../../sim/registry-model.ts';
import type { Schema } from '../manifests/structural-schema.ts';
import { ciRecipes, environmentOf } from '../support/ci-recipes.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { binary } from './binaries.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';
import { DEFINITIONS, goModule } from './go-module.ts';
import { predownload } from './predownload.ts';
import { mustRun } from './process.ts';
import { until } from './until.ts';

const FOLDER = 'manifests/ci';
const ACCOUNT = 'system:serviceaccount:ci:headstart-predownload';

const kustomize = (system: string): Promise<string> =>
  mustRun([binary('kubectl'), 'kustomize', `${FOLDER}/${system}`]);

describe('CI recipes on kube-apiserver, with the definitions of Tekton and Argo Workflows', () => {
  let server: CrdServer;

  before(async () => {
    server = await startCrdServer();
    const tekton = join(await goModule(DEFINITIONS.tekton), 'config/300-crds');
    const argo = join(await goModule(DEFINITIONS.argoWorkflows), 'manifests/base/crds/full');
    for (const file of [
      `${tekton}/300-task.yaml`,
      `${tekton}/300-pipeline.yaml`,
      `${tekton}/300-pipelinerun.yaml`,
    ]) {
      // Too large for the annotation of `apply`.
      await server.kubectl(['create', '-f', file]);
    }
    const templates = await readFile(`${argo}/argoproj.io_workflowtemplates.yaml`, 'utf8');
    await server.create(completed(parse(templates) as Definition));
    // A definition has no conditions at first, which kubectl takes for an error.
    const established = ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s'];
    await until(() => server.kubectl(established), { what: 'the definitions' });
    await server.kubectl(['create', 'namespace', 'ci']);
  });
  after(() => server?.[Symbol.asyncDispose]());

  for (const system of ['tekton', 'argo-workflows']) {
    it(`${system}: applies without an unknown field`, async () => {
      const { code, stderr } = await server.controlPlane.kubectl(
        'apply',
        '--validate=strict',
        '-n',
        'ci',
        '-k',
        `${FOLDER}/${system}`,
      );
      assert.equal(stderr, '');
      assert.equal(code, 0);
    });
  }

  const create = (object: unknown) =>
    server.attempt(
      ['create', '--dry-run=server', '--validate=strict', '-n', 'ci'],
      object as object,
    );
  const read = async (file: string): Promise<object> =>
    parse(await readFile(`${FOLDER}/${file}`, 'utf8')) as object;

  it('takes the example of a PipelineRun', async () => {
    const { code, stderr } = await create(await read('tekton/pipeline-run.yaml'));
    assert.equal(code, 0, stderr);
  });

  it('takes the example of a Workflow, whose spec is that of a WorkflowTemplate', async () => {
    // The definition of Workflow itself is larger than etcd takes.
    const workflow = await read('argo-workflows/workflow.yaml');
    const { code, stderr } = await create({ ...workflow, kind: 'WorkflowTemplate' });
    assert.equal(code, 0, stderr);
  });

  it('would see a field that is misspelt', async () => {
    for (const file of ['tekton/predownload-task.yaml', 'argo-workflows/workflow-template.yaml']) {
      const text = await readFile(`${FOLDER}/${file}`, 'utf8');
      const misspelt = parse(text.replaceAll('volumeMounts:', 'volumeMount:')) as object;
      const { code, stderr } = await create(misspelt);
      assert.equal(code, 1, file);
      assert.match(stderr, /unknown field .*volumeMount/);
    }
  });

  const may: readonly (readonly [answer: string, ...question: string[]])[] = [
    ['yes', 'create', 'imagepulljobs.apps.kruise.io', '-n', 'ci'],
    ['yes', 'delete', 'imagepulljobs.apps.kruise.io', '-n', 'ci'],
    ['no', 'create', 'imagepulljobs.apps.kruise.io', '-n', 'default'],
    ['no', 'list', 'imagepulljobs.apps.kruise.io', '-n', 'ci'],
    ['no', 'get', 'secrets', '-n', 'ci'],
    ['no', 'patch', 'nodeimages.apps.kruise.io'],
  ];
  for (const [answer, ...question] of may) {
    it(`answers ${answer} to a step that asks to ${question.join(' ')}`, async () => {
      const { stdout } = await server.controlPlane.kubectl(
        'auth',
        'can-i',
        ...question,
        `--as=${ACCOUNT}`,
      );
      assert.equal(stdout.trim(), answer);
    });
  }
});

describe('CI recipes, their steps run as their CI systems do', () => {
  let cluster: EmbeddedCluster;
  before(async () => {
    const registry = new RegistryModel();
    registry.push('registry.example/shop/web:1.4.2');
    cluster = await startEmbeddedCluster(
      { nodes: 2, nodeBytesPerSecond: 1e9, restartMs: 5 },
      { log: silentLogger, registry },
    );
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const inputs = {
    image: 'registry.example/shop/web:1.4.2',
    'node-labels': 'kubernetes.io/os=linux',
    parallelism: '50%',
    'timeout-seconds': '400',
  };
  for (const recipe of ciRecipes()) {
    it(`${recipe.name}: warms the nodes, and fails with the reasons`, async () => {
      await using folder = await makeTempFolder();
      await writeFile(join(folder.path, 'predownload.sh'), await mountedScript());
      const command = recipe.command.map(part => part.replace('/headstart', folder.path));
      const start = (more: Record<string, string>) =>
        predownload(
          cluster,
          {
            ...environmentOf(recipe, { ...inputs, ...more }),
            GITHUB_ACTION_PATH: resolve(FOLDER, 'github'),
          },
          command,
        );
      const app = recipe.name.toLowerCase().replaceAll(' ', '-');
      const warmed = await start({ app });
      assert.equal(warmed.code, 0, warmed.output);
      const name = { namespace: 'default', name: warmed.job };
      const job: ImagePullJob | undefined = await cluster.client.get(IMAGE_PULL_JOBS, name);
      assert.ok(job, warmed.output);
      assert.match(warmed.job, new RegExp(`^${app}-1-4-2-`));
      assert.deepEqual(job.spec.selector, { matchLabels: { 'kubernetes.io/os': 'linux' } });
      assert.equal(job.spec.parallelism, '50%');
      assert.equal(job.spec.completionPolicy.activeDeadlineSeconds, 400);

      const failed = await start({ app, image: 'registry.example/shop/unknown:1' });
      assert.equal(failed.code, 1, failed.output);
      assert.match(failed.output, /NotFound/);
    });
  }
});

interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** Argo Workflows leaves out what the API server asks for where a template holds templates: there anything may stand. */
function completed(definition: Definition): Definition {
  const versions = definition.spec.versions.map(version => ({
    ...version,
    schema: { openAPIV3Schema: completedSchema(version.schema.openAPIV3Schema) },
  }));
  return { ...definition, spec: { ...definition.spec, versions } };
}

const ANYTHING = { 'x-kubernetes-preserve-unknown-fields': true };

function completedSchema(schema: Schema): Schema {
  const { type, items, properties, additionalProperties } = schema;
  if (type === undefined && schema['x-kubernetes-int-or-string'] !== true) return ANYTHING;
  return {
    ...schema,
    ...(type === 'array' ? { items: items === undefined ? ANYTHING : completedSchema(items) } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [name, completedSchema(each)]),
          ),
        }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: completedSchema(additionalProperties) }
      : {}),
  };
}

/** What a step finds in its volume. */
async function mountedScript(): Promise<string> {
  const objects = parseAllDocuments(await kustomize('tekton')).map(each => each.toJS());
  const { data } = objects.find(({ kind }) => kind === 'ConfigMap') as {
    data: Record<string, string>;
  };
  return data['predownload.sh'] ?? '';
}
