import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isJsonObject } from '../../../api/json.ts';
import { admit } from '../../../webhook/admit.ts';
import { NODE_ISOLATION } from '../../../webhook/node-isolation.ts';
import { ROUTES } from '../../../webhook/routes.ts';
import { anyJob, anyJson, anyNodeImage, anyWorkload } from '../../api/any-json.ts';
import type { FuzzProperty } from '../../daemon/fuzz/fuzz-property.ts';
import { fakeDeps } from '../fakes.ts';
import { reviewOf } from '../review.ts';

const route = fc.constantFrom(...ROUTES, NODE_ISOLATION);
const object = fc.oneof(anyJob, anyNodeImage, anyWorkload, anyJson);

/** Where something else may stand: no place at all, or a member of the review or of its request. */
const place = fc.option(
  fc.constantFrom(
    ...['apiVersion', 'kind', 'request'].map(key => [key]),
    ...Object.keys(reviewOf(firstOf(), {}).request).map(key => ['request', key]),
    ['request', 'kind', 'group'],
    ['request', 'resource', 'version'],
    ['request', 'userInfo', 'extra'],
    ['request', 'userInfo', 'username'],
  ),
  { freq: 2 },
);

function firstOf(): Parameters<typeof reviewOf>[0] {
  const [{ resources } = NODE_ISOLATION] = ROUTES;
  return { ...resources, version: resources.versions[0] ?? '', namespaced: true };
}

/** Reviews for the route, well-formed or with anything in one place. */
const review = fc
  .record({ route, object, old: fc.option(object, { nil: undefined }), place, value: anyJson })
  .map(({ route: each, object: now, old, place: at, value }) => {
    const { resources } = each;
    const resource = { ...resources, version: resources.versions[0] ?? '', namespaced: true };
    const body = reviewOf(resource, now, old === undefined ? {} : { oldObject: old });
    if (at !== null) put(body, at, value);
    return { route: each, body: JSON.parse(JSON.stringify(body)) as unknown };
  });

function put(body: object, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  const members = body as Record<string, unknown>;
  const inner = members[key];
  if (rest.length > 0 && isJsonObject(inner)) put(inner, rest, value);
  else members[key] = value;
}

/** The decoder of reviews, and with it every handler. */
export const REVIEW_PROPERTIES: readonly FuzzProperty[] = [
  {
    name: 'a review with anything in any place gets a verdict or a clear 4xx, never an error of ours',
    runs: 600,
    property: fc.property(review, ({ route: each, body }) => {
      const deps = fakeDeps();
      const { code, result, text } = admit(each, body, deps);
      const answer = JSON.parse(text) as Readonly<Record<string, unknown>>;
      assert.ok(code === 200 || code === 400, text);
      assert.equal(answer['kind'], code === 200 ? 'AdmissionReview' : 'Status');
      assert.notEqual(result, 'errored');
      assert.deepEqual(deps.log.lines, []);
    }),
  },
  {
    name: 'anything but a review is malformed',
    runs: 400,
    property: fc.property(route, anyJson, (each, body) => {
      assert.equal(admit(each, body, fakeDeps()).result, 'malformed');
    }),
  },
];
