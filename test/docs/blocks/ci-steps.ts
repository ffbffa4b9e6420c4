import { readFileSync } from 'node:fs';

/** The steps of .ci/run by name, each with its command, quiet or not. */
export function ciSteps(): ReadonlyMap<string, string> {
  const script = readFileSync(new URL('../../../.ci/run', import.meta.url), 'utf8');
  return new Map(
    [...script.matchAll(/^(?:step|begin) (\S+) (.+)$/gm)].map(([, name = '', command = '']) => [
      name,
      command.replace(' --silent', ''),
    ]),
  );
}
