import { badRequest, tooLargeResourceVersion } from '../status/api-error.ts';

/** Reads `resourceVersion` of a query: undefined when it is absent, 400 when it is no number, 504 when it lies in the future. */
export function revisionIn(query: URLSearchParams, current: number): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const detail = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw badRequest(`invalid resource version: ${detail}`);
  }
  const revision = Number(text);
  if (revision > current) throw tooLargeResourceVersion(revision, current);
  return revision;
}
