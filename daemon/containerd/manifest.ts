import { isJsonObject, memberAt } from '../../api/json.ts';

/** A blob that an image consists of. */
export interface BlobSize {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** The configuration and the layers in an image manifest (OCI image-spec 1.0, Docker schema 2), each digest once; undefined for anything else. */
export function parseManifest(bytes: Uint8Array): readonly BlobSize[] | undefined {
  const manifest = parseJson(bytes);
  const layers = memberAt(manifest, 'layers');
  if (!Array.isArray(layers)) return undefined;
  const blobs = new Map<string, BlobSize>();
  for (const descriptor of [memberAt(manifest, 'config'), ...(layers as unknown[])]) {
    const blob = blobOf(descriptor);
    if (blob === undefined) return undefined;
    blobs.set(blob.digest, blob);
  }
  return [...blobs.values()];
}

function blobOf(descriptor: unknown): BlobSize | undefined {
  if (!isJsonObject(descriptor)) return undefined;
  const { digest, size } = descriptor;
  if (typeof digest !== 'string' || !Number.isSafeInteger(size) || Number(size) < 0)
    return undefined;
  return { digest, sizeBytes: Number(size) };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined; // cut off, or no manifest at all
  }
}
