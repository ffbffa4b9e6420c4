import { tmpdir } from 'node:os';
import { binary } from './binaries.ts';
import { mustRun } from './process.ts';

/** Go modules that hold the CustomResourceDefinitions which the recipes for pipelines are held to. */
export const DEFINITIONS = {
  tekton: 'github.com/tektoncd/pipeline@v1.0.0',
  argoWorkflows: 'github.com/argoproj/argo-workflows/v3@v3.6.5',
} as const;

/** The folder of a Go module, downloaded once; Go checks its sum. */
export async function goModule(module: string): Promise<string> {
  // Outside of any module, so that none is changed.
  const command = [binary('go'), '-C', tmpdir(), 'mod', 'download', '-json', module];
  const answer = JSON.parse(await mustRun(command)) as { readonly Dir: string };
  return answer.Dir;
}
