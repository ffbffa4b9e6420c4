import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { REGISTRY_BUDGET_CONFIG_MAP, SYSTEM_NAMESPACE } from '../../api/names.ts';
import { validateImageListPullJob } from '../../api/validate-image-list-pull-job.ts';
import { validateImagePullJob } from '../../api/validate-image-pull-job.ts';
import { validateNodeImage } from '../../api/validate-node-image.ts';
import { validateWorkloadSettings } from '../../api/validate-workload.ts';
import { parseCeilings } from '../../controllers/registry-budget/ceilings.ts';
import { customResourceDefinitions, OWN_CRDS, WORKLOAD_CRDS } from '../../manifests/crds.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { schemaOf, structuralValidator } from './structural-schema.ts';

const folder = new URL('../../manifests/samples/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const files = readdirSync(folder).filter(file => file.endsWith('.yaml'));
const objectsIn = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map(document => document.toJS() as Manifest);

const structural = new Map(
  customResourceDefinitions([...OWN_CRDS, ...WORKLOAD_CRDS]).map(crd => {
    const { names } = crd['spec'] as { readonly names: { readonly kind: string } };
    return [names.kind, structuralValidator(schemaOf(crd))];
  }),
);

const rules: Readonly<Record<string, typeof validateImagePullJob>> = {
  ImagePullJob: validateImagePullJob,
  ImageListPullJob: validateImageListPullJob,
  NodeImage: validateNodeImage,
  CloneSet: validateWorkloadSettings,
  StatefulSet: validateWorkloadSettings,
  DaemonSet: validateWorkloadSettings,
  Deployment: validateWorkloadSettings,
};

function assertValid(object: Manifest): void {
  if (object.apiVersion !== 'apps/v1') {
    assert.match(object.apiVersion, /^apps\.kruise\.io\/v1(alpha|beta)1$/);
    assert.deepEqual(structural.get(object.kind)?.(object), []);
  }
  assert.deepEqual(rules[object.kind]?.(object), { errors: [], warnings: [] });
}

describe('Samples', () => {
  const configMaps = ['image-pull-job-ci-template.yaml', 'registry-budget.yaml'];
  const own = files.filter(file => !configMaps.includes(file));
  for (const file of own) {
    it(`${file} fits schema and rules, without a warning`, () => {
      objectsIn(read(file)).forEach(assertValid);
    });
  }

  it('explain themselves', () => {
    for (const file of files) assert.match(read(file), /^# [A-Z]/);
  });

  it('have names of their own, but for the steps of one CloneSet', () => {
    const seen = own.flatMap(file => objectsIn(read(file)));
    const names = seen.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const repeated = names.filter((name, i) => names.indexOf(name) !== i);
    assert.deepEqual(new Set(repeated), new Set(['CloneSet cs-demo']));
  });

  it('show both versions of the API', () => {
    const versions = own.flatMap(file => objectsIn(read(file)).map(each => each.apiVersion));
    assert.ok(versions.includes('apps.kruise.io/v1alpha1'));
    assert.ok(versions.includes('apps.kruise.io/v1beta1'));
  });

  it('hold a CI template that is a job once its placeholders are replaced', () => {
    const [configMap] = objectsIn(read('image-pull-job-ci-template.yaml'));
    const templates = Object.values((configMap?.['data'] ?? {}) as Record<string, string>);
    assert.equal(templates.length, 2);
    for (const template of templates) {
      const job = template
        .replaceAll('APP_NAME', 'shop')
        .replaceAll('APP_TAG', '1.2.0')
        .replaceAll('APP_IMAGE', 'registry.example.com/shop:1.2.0');
      assert.doesNotMatch(job, /APP_/);
      assertValid(parse(job) as Manifest);
    }
  });

  it('hold ceilings of registries that the manager reads as they are meant', () => {
    const [configMap] = objectsIn(read('registry-budget.yaml'));
    assert.equal(configMap?.metadata.name, REGISTRY_BUDGET_CONFIG_MAP);
    assert.equal(configMap.metadata.namespace, SYSTEM_NAMESPACE);
    const { ceilings: text = '' } = configMap['data'] as Record<string, string>;
    const { ceilings, problems } = parseCeilings(text);
    assert.deepEqual(problems, []);
    assert.equal(ceilings.byHost.size, 6);
  });

  it('hold a patch that makes a NodeImage pull one image, as a file and in one line', () => {
    const text = read('patches/node-image-ubuntu.yaml');
    const oneLine = /-p '(.*)'$/m.exec(text)?.[1] ?? '{}';
    for (const patch of [parse(text), JSON.parse(oneLine)] as readonly object[]) {
      const [base] = objectsIn(read('node-image.yaml'));
      assertValid({ ...(base ?? assert.fail()), ...patch });
    }
  });
});
