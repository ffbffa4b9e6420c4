import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, parse, parseDocument, type YAMLMap } from 'yaml';

/** What begins the comment over a value that the README shows. */
const MARK = '-- ';

/** A value of the Helm chart, as its README shows it. */
export interface ChartValue {
  /** `manager.image.tag` */
  readonly path: string;
  readonly default: unknown;
  /** Of values.yaml; undefined where it says nothing of a value. */
  readonly description: string | undefined;
}

const text = (): string => readFileSync(new URL('./chart/values.yaml', import.meta.url), 'utf8');

/** The default values of the Helm chart. */
export function defaultChartValues(): unknown {
  return parse(text());
}

/** Every value of the Helm chart, in its order: maps that are described are one value, others are what they hold. */
export function chartValues(): readonly ChartValue[] {
  const { contents } = parseDocument(text());
  return isMap(contents) ? valuesOf(contents, '') : [];
}

function valuesOf(map: YAMLMap, prefix: string): readonly ChartValue[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) return [];
    const path = `${prefix}${String(key.value)}`;
    // The comment over the first key of a map belongs to the map.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined);
    const description = descriptionIn(comment ?? '');
    if (isMap(value) && description === undefined) return valuesOf(value, `${path}.`);
    return [{ path, default: isNode(value) ? value.toJSON() : null, description }];
  });
}

function descriptionIn(comment: string): string | undefined {
  const lines = comment.split('\n').map(line => line.trim());
  return lines.find(line => line.startsWith(MARK))?.slice(MARK.length);
}
