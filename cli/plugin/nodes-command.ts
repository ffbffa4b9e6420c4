import { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';
import { withClusterOptions, withOutput } from './cluster-options.ts';

/** `nodes [IMAGE]`: what Headstart keeps warm where. */
export function nodesCommand(): Command {
  const command = new Command('nodes')
    .description(
      'Show which images Headstart has put on which nodes: a matrix for few nodes, counts for many.',
    )
    .argument('[image]', 'only this image, node by node; without a tag: each of its tags');
  return withOutput(withClusterOptions(command), ['table', 'wide', 'json', 'yaml']).action(
    async (image: string | undefined, raw: RawOptions) => {
      const { inSession } = await import('./session.ts');
      const { runNodes } = await import('./run-nodes.ts');
      await inSession(raw, session => runNodes(image, raw, session));
    },
  );
}
