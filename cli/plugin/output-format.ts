export const OUTPUT_FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** True for the formats that people read. */
export function isForPeople(format: OutputFormat): boolean {
  return format === 'table' || format === 'wide';
}
