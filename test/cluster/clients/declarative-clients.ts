import { isJsonObject, type JsonObject } from '../../../api/json.ts';
import type { CrdServer } from '../crd-server.ts';
import type { WorkloadManifest } from './manifest.ts';

/** A tool that brings an object to what stands in a file, each time it is told to. */
export interface DeclarativeClient {
  /** Completes "with …". */
  readonly name: string;
  /** `before` is what the tool brought last, absent the first time. */
  bring(server: CrdServer, wanted: WorkloadManifest, before?: WorkloadManifest): Promise<unknown>;
}

const byKubectl =
  (...args: string[]) =>
  (server: CrdServer, wanted: WorkloadManifest): Promise<string> =>
    server.kubectl([...args, '-f', '-'], { input: JSON.stringify(wanted) });

/** The clients that people and delivery tools are. */
export const DECLARATIVE_CLIENTS: readonly DeclarativeClient[] = [
  { name: 'kubectl apply, or Argo CD', bring: byKubectl('apply') },
  {
    name: 'kubectl apply --server-side, or Argo CD and Helm 4 with it',
    bring: byKubectl('apply', '--server-side'),
  },
  {
    name: 'kubectl replace',
    bring: (server, wanted, before) =>
      byKubectl(before === undefined ? 'create' : 'replace')(server, wanted),
  },
  {
    name: 'Helm, which merges what changed between two charts',
    bring: async (server, wanted, before) => {
      if (before === undefined) return server.create(wanted);
      const change = mergePatch(before, wanted);
      if (Object.keys(change).length === 0) return '';
      return server.patch(['cloneset', wanted.metadata.name], change);
    },
  },
];

/** The JSON merge patch (RFC 7386) from one object to another. */
function mergePatch(from: object, to: object): JsonObject {
  const [old, wanted] = [from as JsonObject, to as JsonObject];
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    const [before, after] = [old[key], wanted[key]];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    patch[key] =
      isJsonObject(before) && isJsonObject(after) ? mergePatch(before, after) : (after ?? null);
  }
  return patch;
}
