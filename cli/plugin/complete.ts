import type { Command, Option } from 'commander';

/** What can be asked of the cluster or the machine for completions. */
export type CompletionSource =
  | 'jobs'
  | 'images'
  | 'workloads'
  | 'namespaces'
  | 'contexts'
  | 'nodes'
  | 'files'
  | 'nothing';

/** What may stand where the cursor is: words that are known, or a source to ask, for values that start with `prefix`. */
export type Completion =
  | { readonly values: readonly string[] }
  | { readonly source: CompletionSource; readonly prefix: string; readonly before: string };

const BY_ARGUMENT: Readonly<Record<string, CompletionSource>> = {
  job: 'jobs',
  image: 'images',
  workload: 'workloads',
};

const BY_FLAG: Readonly<Record<string, CompletionSource>> = {
  '--namespace': 'namespaces',
  '--context': 'contexts',
  '--nodes': 'nodes',
  '--filename': 'files',
  '--kubeconfig': 'files',
};

/** Completes the last of `words`, which follow the name of the program. */
export function complete(program: Command, words: readonly string[]): Completion {
  const [first = '', ...rest] = words;
  const current = words.at(-1) ?? '';
  if (words.length <= 1) return { values: startingWith(commandNames(program), current) };
  const command = program.commands.find(candidate => candidate.name() === first);
  if (command === undefined) return { values: [] };
  return completeIn(command, rest.slice(0, -1), current);
}

/** The values of flags among `words`, by long name without dashes, as far as completions need them. */
export function flagValues(
  program: Command,
  words: readonly string[],
): Readonly<Record<string, string>> {
  const command = program.commands.find(candidate => candidate.name() === words[0]);
  const values: [string, string][] = [];
  for (const [index, word] of words.entries()) {
    const [flag = '', inline] = word.split('=', 2);
    const option = command && optionOf(command, flag);
    const value = inline ?? words[index + 1];
    if (option !== undefined && takesValue(option) && value !== undefined) {
      values.push([option.attributeName(), value]);
    }
  }
  return Object.fromEntries(values);
}

function completeIn(command: Command, before: readonly string[], current: string): Completion {
  const [flag = '', inline] = current.split('=', 2);
  if (inline !== undefined) return valuesOf(optionOf(command, flag), inline, `${flag}=`);
  const previous = optionOf(command, before.at(-1) ?? '');
  if (previous !== undefined && takesValue(previous)) return valuesOf(previous, current, '');
  if (current.startsWith('-')) {
    const flags = command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
    return { values: startingWith([...flags, '--help'], current) };
  }
  const argument = command.registeredArguments[positionals(command, before)];
  if (argument === undefined) return { values: [] };
  if (argument.argChoices) return { values: startingWith(argument.argChoices, current) };
  return { source: BY_ARGUMENT[argument.name()] ?? 'nothing', prefix: current, before: '' };
}

function valuesOf(option: Option | undefined, current: string, before: string): Completion {
  if (option === undefined) return { values: [] };
  const { argChoices, long } = option;
  if (argChoices) {
    return { values: startingWith(argChoices, current).map(choice => before + choice) };
  }
  const source = BY_FLAG[long ?? ''] ?? 'nothing';
  if (source !== 'nodes') return { source, prefix: current, before };
  // A list: only its last name is completed.
  const comma = current.lastIndexOf(',') + 1;
  return { source, prefix: current.slice(comma), before: before + current.slice(0, comma) };
}

function positionals(command: Command, before: readonly string[]): number {
  return before.filter((word, index) => {
    const previous = optionOf(command, before[index - 1] ?? '');
    return !word.startsWith('-') && !(previous !== undefined && takesValue(previous));
  }).length;
}

function commandNames(program: Command): readonly string[] {
  return [...program.commands.map(command => command.name()), 'help'];
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(
    ({ long, short }) => flag !== '' && (flag === long || flag === short),
  );
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function startingWith(values: readonly string[], prefix: string): readonly string[] {
  return values.filter(value => value.startsWith(prefix));
}
