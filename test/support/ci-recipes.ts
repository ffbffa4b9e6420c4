import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The step of a recipe that warms nodes, as its CI system would start it. */
export interface Recipe {
  readonly name: string;
  /** Its inputs with their defaults; undefined: has to be given. */
  readonly inputs: Readonly<Record<string, string | undefined>>;
  /** Environment with the places where inputs go. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** What the CI system replaces by the input that is named. */
  readonly place: RegExp;
}

interface NamedValue {
  readonly name: string;
  readonly default?: string;
  readonly value?: string;
}
interface Step {
  readonly command: readonly string[];
  readonly env: readonly NamedValue[];
}

const read = <T>(path: string): T =>
  parse(readFileSync(new URL(`../../manifests/ci/${path}`, import.meta.url), 'utf8')) as T;

const environment = ({ env }: Step): Record<string, string> =>
  Object.fromEntries(env.map(({ name, value = '' }) => [name, value]));

/** The recipes for Tekton, Argo Workflows and GitHub. */
export function ciRecipes(): readonly Recipe[] {
  return [tekton(), argoWorkflows(), github()];
}

function tekton(): Recipe {
  const { spec } = read<{ spec: { params: readonly NamedValue[]; steps: readonly [Step] } }>(
    'tekton/predownload-task.yaml',
  );
  const [step] = spec.steps;
  return {
    name: 'Tekton task',
    inputs: Object.fromEntries(spec.params.map(each => [each.name, each.default])),
    env: environment(step),
    command: step.command,
    place: /\$\(params\.([\w-]+)\)/g,
  };
}

function argoWorkflows(): Recipe {
  const { spec } = read<{
    spec: {
      templates: readonly [{ inputs: { parameters: readonly NamedValue[] }; container: Step }];
    };
  }>('argo-workflows/workflow-template.yaml');
  const [{ inputs, container }] = spec.templates;
  return {
    name: 'Argo Workflows template',
    inputs: Object.fromEntries(inputs.parameters.map(each => [each.name, each.value])),
    env: environment(container),
    command: container.command,
    place: /\{\{inputs\.parameters\.([\w-]+)\}\}/g,
  };
}

function github(): Recipe {
  const { inputs, runs } = read<{
    inputs: Readonly<Record<string, { default?: string }>>;
    runs: { steps: readonly [{ run: string; env: Record<string, string> }] };
  }>('github/action.yml');
  const [{ run, env }] = runs.steps;
  return {
    name: 'GitHub action',
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, each]) => [name, each.default])),
    env,
    // What `shell: sh` stands for.
    command: ['sh', '-e', '-c', run],
    place: /\$\{\{ inputs\.([\w-]+) \}\}/g,
  };
}

/** The environment of a recipe's step when it is given these inputs. */
export function environmentOf(
  { env, inputs, place, name }: Recipe,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const fill = (text: string): string =>
    text.replace(place, (_, input: string) => {
      const value = given[input] ?? inputs[input];
      if (value === undefined) throw new Error(`${name} has no value for ${input}`);
      return value;
    });
  return Object.fromEntries(Object.entries(env).map(([key, text]) => [key, fill(text)]));
}
