import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { memberAt } from '../../api/json.ts';
import type { KubeObject } from '../../api/meta.ts';
import { type Resource, resource } from '../../api/resource.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import { WORKLOAD_KINDS } from '../../api/workload-kinds.ts';
import type { RawOptions } from '../option-reader.ts';
import { connectCluster } from './cluster.ts';
import type { CompletionSource } from './complete.ts';
import { kindsNamed } from './find-workload.ts';
import { warmImages } from './warm-images.ts';

/** A shell that waits for completions longer than this seems to hang. */
const DEADLINE_MS = 3000;

const NAMESPACES = resource({
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
});

/** Every value of `source`; `flags` say which cluster and namespace. */
export async function valuesOfSource(
  source: CompletionSource,
  prefix: string,
  flags: RawOptions,
): Promise<readonly string[]> {
  if (source === 'contexts') return contexts(flags);
  if (source === 'workloads' && !prefix.includes('/')) {
    return [...new Set(WORKLOAD_KINDS.map(({ kind }) => `${kind.toLowerCase()}/`))];
  }
  using cluster = await connectCluster(flags, () => {});
  const { client, namespace } = cluster;
  const list = async <T extends KubeObject>(of: Resource<T>): Promise<readonly T[]> => {
    const scope = of.namespaced ? { namespace } : {};
    return (await client.list(of, { ...scope, deadlineMs: DEADLINE_MS })).items;
  };
  const names = async (of: Resource): Promise<string[]> =>
    (await list(of)).map(({ metadata }) => metadata.name);
  switch (source) {
    case 'jobs':
      return await names(IMAGE_PULL_JOBS);
    case 'nodes':
      return await names(NODE_IMAGES);
    case 'namespaces':
      return await names(NAMESPACES);
    case 'images':
      return warmImages(await list(NODE_IMAGES)).map(({ image }) => image);
    case 'workloads': {
      const [word = ''] = prefix.split('/', 1);
      const found = await Promise.allSettled(kindsNamed(word).map(kind => names(kind.resource)));
      const all = found.flatMap(each => (each.status === 'fulfilled' ? each.value : []));
      return [...new Set(all)].map(name => `${word}/${name}`);
    }
    case 'files':
    case 'nothing':
      return [];
  }
}

async function contexts({ kubeconfig }: RawOptions): Promise<readonly string[]> {
  const usual = process.env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config');
  const files = (typeof kubeconfig === 'string' ? kubeconfig : usual).split(delimiter);
  const texts = await Promise.all(files.filter(Boolean).map(file => readFile(file, 'utf8')));
  return texts.flatMap(text => {
    const found = memberAt(parse(text), 'contexts');
    const all: readonly unknown[] = Array.isArray(found) ? found : [];
    return all.map(context => String(memberAt(context, 'name')));
  });
}
