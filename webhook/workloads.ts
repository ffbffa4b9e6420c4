import { isJsonObject, type JsonObject, memberAt } from '../api/json.ts';
import { ANNOTATION_IMAGE_CHANGE } from '../api/names.ts';
import { validateWorkloadSettings } from '../api/validate-workload.ts';
import type { Workload } from '../api/workload.ts';
import { ALLOWED, type Handler, type PatchOperation } from './admission.ts';
import { imageUpdate, markOf } from './image-change-mark.ts';
import { pointer } from './json-patch.ts';
import { decide } from './own-kinds.ts';
import { askAdvice, fitWarnings } from './warnings.ts';

/**
 * Records on a workload which images its update changes, for the controller to see early, and tells the author what comes of it. A new
 * workload gets no mark and loses one that was copied along. Nothing but that one annotation is touched.
 */
export const markImageChange: Handler = ({ object, oldObject, kind }, { advice, log }) => {
  if (object === undefined) return ALLOWED;
  if (oldObject === undefined) {
    return { type: 'allowed', patch: markPatch(object, undefined), warnings: [] };
  }
  const { images, mark } = imageUpdate(oldObject, object);
  const change = {
    old: oldObject as unknown as Workload,
    new: object as unknown as Workload,
    group: kind.group,
    kind: kind.kind,
    images: [...images],
  };
  const warnings = images.length === 0 ? [] : askAdvice(() => advice.workload(change), log);
  return { type: 'allowed', patch: markPatch(object, mark), warnings: fitWarnings(warnings) };
};

/** Judges the predownload settings of a workload, and nothing else of it. */
export const checkWorkloadSettings: Handler = ({ object, oldObject }) =>
  decide(validateWorkloadSettings(object, oldObject));

/** The API server refuses objects whose annotations are larger together (apimachinery, ValidateAnnotations). */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** Written by hand, for comparing whole workloads would cost more than all the rest. */
function markPatch(object: JsonObject, mark: string | undefined): readonly PatchOperation[] {
  if (mark === markOf(object)) return [];
  const annotations = memberAt(object, 'metadata', 'annotations');
  const path = pointer('metadata', 'annotations', ANNOTATION_IMAGE_CHANGE);
  if (mark === undefined) {
    // Annotations that are there but empty would differ from what is stored: every server-side apply would write again.
    const isLast = isJsonObject(annotations) && Object.keys(annotations).length === 1;
    return [{ op: 'remove', path: isLast ? pointer('metadata', 'annotations') : path }];
  }
  if (annotations === undefined) {
    return isJsonObject(object['metadata'])
      ? [
          {
            op: 'add',
            path: pointer('metadata', 'annotations'),
            value: { [ANNOTATION_IMAGE_CHANGE]: mark },
          },
        ]
      : [];
  }
  return isJsonObject(annotations) && fits(annotations, mark)
    ? [{ op: 'add', path, value: mark }]
    : [];
}

function fits(annotations: JsonObject, mark: string): boolean {
  const others = Object.entries(annotations).filter(([key]) => key !== ANNOTATION_IMAGE_CHANGE);
  const texts = [...others.flat(), ANNOTATION_IMAGE_CHANGE, mark];
  return texts.reduce((sum: number, text) => sum + sizeBytes(text), 0) <= MAX_ANNOTATIONS_BYTES;
}

/** What is no text is refused after us. */
function sizeBytes(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : 0;
}
