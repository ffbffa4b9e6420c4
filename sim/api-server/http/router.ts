import { discoveryDocument } from '../discovery/discovery.ts';
import { openApiDocument, openApiIndex } from '../discovery/openapi.ts';
import { postObject } from '../handlers/create.ts';
import { deleteCollection, deleteOne } from '../handlers/delete.ts';
import { patchObject } from '../handlers/patch.ts';
import { getObject, listObjects } from '../handlers/read.ts';
import { answerReview, REVIEW_KINDS } from '../handlers/reviews.ts';
import { getScale, patchScale, putScale } from '../handlers/scale.ts';
import { putObject } from '../handlers/update.ts';
import { watchObjects } from '../handlers/watch.ts';
import type { Registry } from '../registry/registry.ts';
import { methodNotAllowed } from '../status/api-error.ts';
import { parseBody } from '../writes/parse-body.ts';
import { type ApiRequest, isSet } from './api-request.ts';
import type { RawRequest } from './raw-request.ts';
import { ok, type Reply, UNKNOWN_PATH } from './reply.ts';
import { parseResourcePath, type ResourcePath } from './request-path.ts';

type Handler = (request: ApiRequest) => Reply | Promise<Reply>;
type Methods = Readonly<Record<string, Handler>>;

const COLLECTION: Methods = {
  GET: request => (isSet(request.query, 'watch') ? watchObjects(request) : listObjects(request)),
  POST: postObject,
  DELETE: deleteCollection,
};
const OBJECT: Methods = {
  GET: request => (isSet(request.query, 'watch') ? watchObjects(request) : getObject(request)),
  PUT: putObject,
  PATCH: patchObject,
  DELETE: deleteOne,
};
const STATUS: Methods = { GET: getObject, PUT: putObject, PATCH: patchObject };
const SCALE: Methods = { GET: getScale, PUT: putScale, PATCH: patchScale };
/** How a namespace controller lets a namespace go. */
const FINALIZE: Methods = { PUT: putObject };

/** Finds out what a request is about and lets the right handler answer it. */
export async function route(raw: RawRequest): Promise<Reply> {
  const { registry } = raw.backend;
  if (raw.method === 'GET') {
    const document = staticDocument(registry, raw);
    if (document !== undefined) return document;
  }
  const path = parseResourcePath(raw.path);
  if (path === undefined) return UNKNOWN_PATH;
  const review = REVIEW_KINDS.find(
    kind => kind.group === path.group && kind.plural === path.plural && path.version === 'v1',
  );
  if (review !== undefined && raw.method === 'POST') {
    const posted = parseBody(raw, review.kind);
    return { code: 201, json: answerReview(review, posted, raw.user) };
  }
  return routeResource(raw, path);
}

async function routeResource(raw: RawRequest, path: ResourcePath): Promise<Reply> {
  const served = raw.backend.registry.served(path.group, path.version, path.plural);
  if (served === undefined) return UNKNOWN_PATH;
  const { namespace, name, subresource } = path;
  const request: ApiRequest = { ...raw, ...served, namespace, name, subresource };
  const methods = methodsFor(request);
  if (methods === undefined || !fitsScope(request, raw.method)) return UNKNOWN_PATH;
  const handler = Object.hasOwn(methods, raw.method) ? methods[raw.method] : undefined;
  if (handler === undefined) throw methodNotAllowed();
  return handler(request);
}

function methodsFor({ name, subresource, version, type }: ApiRequest): Methods | undefined {
  if (name === undefined) return COLLECTION;
  switch (subresource) {
    case undefined:
      return OBJECT;
    case 'status':
      return version.hasStatus ? STATUS : undefined;
    case 'scale':
      return version.scale === undefined ? undefined : SCALE;
    case 'finalize':
      return type.kind === 'Namespace' ? FINALIZE : undefined;
    default:
      return undefined;
  }
}

/** Only lists and watches of namespaced resources may leave out the namespace. */
function fitsScope({ type, namespace, name }: ApiRequest, method: string): boolean {
  if (!type.namespaced) return namespace === undefined;
  return namespace !== undefined || (name === undefined && method === 'GET');
}

const HEALTH_PATHS = ['/healthz', '/livez', '/readyz'];

/** As kubectl reads it; the behaviour is that of this minor version. */
const VERSION = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0-headstart',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: '',
};

function staticDocument(registry: Registry, { path, accept }: RawRequest): Reply | undefined {
  if (HEALTH_PATHS.includes(path)) return { code: 200, bytes: 'ok', contentType: 'text/plain' };
  if (path === '/version') return ok(VERSION);
  if (path === '/openapi/v3') return ok(openApiIndex(registry));
  const openApi = path.startsWith('/openapi/v3/')
    ? openApiDocument(registry, path.slice('/openapi/v3/'.length))
    : undefined;
  if (openApi !== undefined) return ok(openApi);
  const discovery = discoveryDocument(registry, path.replace(/\/$/, ''), accept);
  return discovery === undefined ? undefined : { code: 200, ...discovery };
}
