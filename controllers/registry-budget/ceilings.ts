/** Ceilings by registry host, as an operator writes them. */
export interface Ceilings {
  /** By host, or by pattern: `*.example.com`, `*`. */
  readonly byHost: ReadonlyMap<string, number>;
}

/** What a text says, and what in it nobody can read. */
export interface ParsedCeilings {
  readonly ceilings: Ceilings;
  /** A line each, for a person. */
  readonly problems: readonly string[];
}

/** Nothing is said. */
export const NO_CEILINGS: Ceilings = { byHost: new Map() };

const MAX_CEILING = 100_000;
const NAME = String.raw`[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?`;
const HOST = new RegExp(
  String.raw`^(?:\*|(?:\*\.)?${NAME}(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?)$`,
);

/**
 * Reads lines of `host = pulls`. The host is that of image names, with its port, or `*.example.com`, or `*` for every other one; the
 * number is of pulls at once, `0` pauses, `unlimited` lifts the default. What follows a `#` is a remark.
 */
export function parseCeilings(text: string): ParsedCeilings {
  const byHost = new Map<string, number>();
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const said = line.replace(/#.*/, '').trim();
    if (said === '') continue;
    const problem = readLine(said, byHost);
    if (problem !== undefined) problems.push(`line ${index + 1}: ${problem}`);
  }
  return { ceilings: { byHost }, problems };
}

function readLine(said: string, byHost: Map<string, number>): string | undefined {
  const [left = '', right, more] = said.split('=').map(part => part.trim());
  if (right === undefined || more !== undefined) {
    return `write a host and a number, as in docker.io = 10, not '${said}'`;
  }
  const host = hostOf(left);
  if (!HOST.test(host)) {
    return `'${left}' is no registry host; write one as image names have it, such as docker.io or registry.example:5000, or *.example.com, or *`;
  }
  if (byHost.has(host)) return `${host} has a line already`;
  const ceiling = ceilingIn(right);
  if (ceiling === undefined) {
    return `'${right}' is no ceiling; write a whole number from 0 to ${MAX_CEILING}, or unlimited`;
  }
  byHost.set(host, ceiling);
  return undefined;
}

/** Docker Hub has two names; images are known by the first. */
function hostOf(text: string): string {
  const host = text.toLowerCase();
  return host === 'index.docker.io' ? 'docker.io' : host;
}

function ceilingIn(text: string): number | undefined {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number <= MAX_CEILING ? number : undefined;
}

/** The ceiling of a host: its own, else that of the longest pattern that matches; undefined when nothing is said. */
export function ceilingFor({ byHost }: Ceilings, host: string): number | undefined {
  const own = byHost.get(host);
  if (own !== undefined) return own;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const pattern = byHost.get(`*${host.slice(dot)}`);
    if (pattern !== undefined) return pattern;
  }
  return byHost.get('*');
}
