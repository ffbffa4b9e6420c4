import { IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import { OptionReader, type RawOptions } from '../option-reader.ts';
import { EXIT } from './exit-codes.ts';
import { counts, MAX_MATRIX_NODES, matrix, nodeRows } from './nodes-table.ts';
import type { OutputFormat } from './output-format.ts';
import { isForbidden } from './readable.ts';
import type { Session } from './session.ts';
import { structured } from './structured-output.ts';
import {
  compareNames,
  imagesNamed,
  type WarmImage,
  warmImages,
  warmImagesOfJobs,
} from './warm-images.ts';

interface View {
  readonly images: readonly WarmImage[];
  /** Of all nodes; undefined when only jobs told. */
  readonly nodeNames: readonly string[] | undefined;
}

/** Shows what is warm where; with `image` only that one. */
export async function runNodes(
  image: string | undefined,
  raw: RawOptions,
  session: Session,
): Promise<number> {
  const reader = new OptionReader(raw);
  const output = reader.oneOf('output', ['table', 'wide', 'json', 'yaml']);
  reader.finish();
  const all = await readView(session);
  const view = image === undefined ? all : { ...all, images: imagesNamed(all.images, image) };
  if (output === 'json' || output === 'yaml') {
    session.out.print(
      structured(output, { nodes: all.nodeNames?.length ?? null, images: view.images }),
    );
  } else if (view.images.length === 0) {
    session.note(
      `No node ${image === undefined ? 'keeps an image' : `keeps ${image}`} for Headstart.`,
    );
  } else {
    session.out.print(lines(view, { output, byNode: image !== undefined }, session));
  }
  return EXIT.ok;
}

async function readView(session: Session): Promise<View> {
  const { client, namespace, signal, note } = session;
  try {
    const { items } = await client.list(NODE_IMAGES, { signal });
    const nodeNames = items.map(({ metadata }) => metadata.name).sort(compareNames);
    return { images: warmImages(items), nodeNames };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    note(`note: you may not read nodeimages; the jobs of namespace ${namespace} tell this much`);
    const { items } = await client.list(IMAGE_PULL_JOBS, { namespace, signal });
    return { images: warmImagesOfJobs(items), nodeNames: undefined };
  }
}

function lines(
  { images, nodeNames }: View,
  { output, byNode }: { readonly output: OutputFormat; readonly byNode: boolean },
  { clock }: Session,
): readonly string[] {
  const wide = output === 'wide';
  if (nodeNames === undefined) return counts(images);
  if (byNode) {
    return images.flatMap(image => nodeRows(image, { now: clock.now(), all: wide }));
  }
  return nodeNames.length <= MAX_MATRIX_NODES || wide ? matrix(images, nodeNames) : counts(images);
}
