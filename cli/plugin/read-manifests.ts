import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, memberAt } from '../../api/json.ts';
import type { KubeObject } from '../../api/meta.ts';
import { describeError, HeadstartError } from '../../runtime/errors.ts';

/** The objects of YAML or JSON files, in their order; `-` is standard input. Throws CONFIG_INVALID with every problem. */
export async function readManifests(files: readonly string[]): Promise<readonly KubeObject[]> {
  const texts = await Promise.all(files.map(readText));
  const problems: string[] = [];
  const objects = texts.flatMap((content, index) =>
    objectsIn(content, problem => problems.push(`${files[index]}: ${problem}`)),
  );
  if (problems.length > 0) throw new HeadstartError('CONFIG_INVALID', problems.join('\n'));
  return objects;
}

async function readText(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new HeadstartError('CONFIG_INVALID', `cannot read ${file}: ${describeError(cause)}`);
  }
}

function objectsIn(content: string, complain: (problem: string) => void): readonly KubeObject[] {
  return parseAllDocuments(content).flatMap(document => {
    const [error] = document.errors;
    if (error !== undefined) {
      complain(error.message.split('\n', 1)[0] ?? '');
      return [];
    }
    return objectsOf(document.toJS(), complain);
  });
}

/** A List of kubectl is its items; an empty document is nothing. */
function objectsOf(value: unknown, complain: (problem: string) => void): readonly KubeObject[] {
  if (value === null) return [];
  const items = memberAt(value, 'items');
  if (memberAt(value, 'kind') === 'List' && Array.isArray(items)) {
    return items.flatMap(item => objectsOf(item, complain));
  }
  if (isNamedObject(value)) return [value];
  complain('is no Kubernetes object: it needs apiVersion, kind and metadata.name');
  return [];
}

function isNamedObject(value: unknown): value is KubeObject {
  const texts = [
    memberAt(value, 'apiVersion'),
    memberAt(value, 'kind'),
    memberAt(value, 'metadata', 'name'),
  ];
  return isJsonObject(value) && texts.every(text => typeof text === 'string' && text !== '');
}
