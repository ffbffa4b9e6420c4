import { type Command, Option } from 'commander';
import type { OutputFormat } from './output-format.ts';

/** Adds the flags that say which cluster and namespace, named as kubectl's. */
export function withClusterOptions(command: Command): Command {
  return command
    .option('-n, --namespace <name>', "namespace; default: the context's")
    .option('--context <name>', 'context of the kubeconfig')
    .option('--kubeconfig <path>', 'kubeconfig file; default: KUBECONFIG, then ~/.kube/config');
}

/** Adds `-o`, with the formats that the command knows. */
export function withOutput(
  command: Command,
  formats: readonly [OutputFormat, ...OutputFormat[]],
): Command {
  const option = new Option('-o, --output <format>', 'output format')
    .choices(formats)
    .default(formats[0]);
  return command.addOption(option);
}

/** Collects the values of a flag that may be repeated. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
