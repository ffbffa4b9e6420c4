/** One sample of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples called `name`. */
export function samplesOf(text: string, name: string): readonly Sample[] {
  return text.split('\n').flatMap(line => {
    const match = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match === null || match[1] !== name) return [];
    return [{ name, labels: labelsOf(match[2] ?? ''), value: Number(match[3]) }];
  });
}

function labelsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, key = '', value = '']) => [key, value]));
}

/** Sum over all labels. */
export function totalOf(text: string, name: string): number {
  return samplesOf(text, name).reduce((sum, { value }) => sum + value, 0);
}

const WRITES = ['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION'];

/** Writes that kube-apiserver was asked for, refused ones too, by `VERB resource`. Leases are its own heartbeat and left out. */
export function writesOf(text: string): ReadonlyMap<string, number> {
  const writes = new Map<string, number>();
  for (const { labels, value } of samplesOf(text, 'apiserver_request_total')) {
    const { verb = '', resource = '', subresource = '' } = labels;
    if (!WRITES.includes(verb) || resource === 'leases') continue;
    const key = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`;
    writes.set(key, (writes.get(key) ?? 0) + value);
  }
  return writes;
}

/** What was written between two readings. */
export function writesBetween(before: string, after: string): Readonly<Record<string, number>> {
  const from = writesOf(before);
  const grown = [...writesOf(after)].map(
    ([key, value]) => [key, value - (from.get(key) ?? 0)] as const,
  );
  return Object.fromEntries(grown.filter(([, value]) => value > 0));
}
