import type { ApiRequest } from '../http/api-request.ts';
import type { Reply } from '../http/reply.ts';
import { ApiError } from '../status/api-error.ts';
import { createObject } from '../writes/create-object.ts';
import { decodeObject } from '../writes/decode-object.ts';
import { parseBody } from '../writes/parse-body.ts';
import { writeOptions } from '../writes/write-options.ts';
import { presentObject } from './present.ts';

/** POST to a collection. */
export async function postObject(request: ApiRequest): Promise<Reply> {
  const options = writeOptions(request, 'CreateOptions');
  const object = decodeObject(request, parseBody(request, request.type.kind), options);
  if (object.metadata.resourceVersion !== undefined) {
    throw new ApiError(500, 'resourceVersion should not be set on objects to be created');
  }
  const created = await createObject(request, options, { object });
  return { code: 201, json: presentObject(request, created) };
}
