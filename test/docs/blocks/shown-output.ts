/** Parts of an output that differ from run to run, and what they look like. The first that fits wins. */
const VARIES: readonly (readonly [part: RegExp, pattern: string])[] = [
  [/…/, '.*'],
  // Names that end with a hash, as those of jobs and pods.
  [/-[0-9a-f]{10,12}\b/, '-[0-9a-z]{5,12}'],
  [/-\d{9,10}\b/, '-\\d{8,10}'],
  [/\b\d+(?:\.\d+)?(?:ms|s|m|h|d)(?:\d+s)?\b/, '\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)(?:\\d+[ms])?'],
  [/[█░]+ \d+\/\d+/, '[█░]+ +\\d+/\\d+'],
  [/ {2,}/, ' +'],
];

/** None, too. */
const ANY_LINES = '(?:.*\\n)*';

/** True when `output` is what a page shows: equal but for ages, hashes, bars, widths of columns and what `…` stands for. */
export function isShown(
  shown: readonly string[],
  output: string,
  { numbersVary = false }: { readonly numbersVary?: boolean } = {},
): boolean {
  const lines = output.trimEnd().split('\n');
  const pattern = shown.map(line =>
    line === '…' ? ANY_LINES : `${patternOf(line.trimEnd(), numbersVary)}\n`,
  );
  const printed = lines.map(line => `${line.trimEnd()}\n`);
  return new RegExp(`^${pattern.join('')}$`).test(printed.join(''));
}

function patternOf(text: string, numbersVary: boolean): string {
  const varying = numbersVary ? [...VARIES, NUMBER] : VARIES;
  for (const [part, pattern] of varying) {
    const found = part.exec(text);
    if (found === null) continue;
    const rest = text.slice(found.index + found[0].length);
    const before = text.slice(0, found.index);
    return `${patternOf(before, numbersVary)}${pattern}${patternOf(rest, numbersVary)}`;
  }
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

const NUMBER = [/\d+(?:\.\d+)?/, '\\d+(?:\\.\\d+)?'] as const;
