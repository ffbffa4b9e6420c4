import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { binary } from './binaries.ts';
import { mustRun } from './process.ts';

/** What Argo CD shows of an object. */
export interface Health {
  readonly status: string;
  readonly message: string;
}

/**
 * Asks the check of `kind` in manifests/observability/argo-cd-health.yaml about an object as Argo CD does: as the body of a function in
 * Lua 5.1 that finds the object in the global `obj` and has no standard library but these tables and functions.
 */
export async function argoCdHealth(kind: string, object: unknown): Promise<Health> {
  const file = await readFile('manifests/observability/argo-cd-health.yaml', 'utf8');
  const { data } = parse(file) as { readonly data: Readonly<Record<string, string>> };
  const check = data[`resource.customizations.health.apps.kruise.io_${kind}`];
  if (check === undefined) throw new Error(`no check for ${kind}`);
  const program = `obj = ${luaOf(object)}
local check = assert(loadstring(${luaOf(check)}))
setfenv(check, { obj = obj, string = string, table = table, pairs = pairs, ipairs = ipairs, tostring = tostring })
local health = check()
io.write(health.status, "\\n", health.message)`;
  const [status = '', ...message] = (
    await mustRun([binary('lua5.1'), '-'], { input: program })
  ).split('\n');
  return { status, message: message.join('\n') };
}

/** A value of JSON in Lua; null is nothing, as Argo CD has it. */
function luaOf(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return `{${value.map(luaOf).join(',')}}`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, each]) => `[${luaOf(key)}]=${luaOf(each)}`)
      .join(',')}}`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  const bytes = [...Buffer.from(value)].map(byte => `\\${String(byte).padStart(3, '0')}`);
  return `"${bytes.join('')}"`;
}
