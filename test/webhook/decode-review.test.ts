import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CLONE_SETS, IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { decodeReview } from '../../webhook/decode-review.ts';
import { type RawReview, reviewOf } from './review.ts';

const job = { metadata: { name: 'sample' }, spec: { image: 'nginx' } };

const malformed: Record<string, [change: (review: RawReview) => unknown, message: RegExp]> = {
  null: [() => null, /body must be an AdmissionReview object/],
  'a list': [() => [], /body must be an AdmissionReview object/],
  'a number': [() => 5, /body must be an AdmissionReview object/],
  'another kind': [review => ({ ...review, kind: 'Pod' }), /kind must be AdmissionReview/],
  'a review of a version to come': [
    review => ({ ...review, apiVersion: 'admission.k8s.io/v2' }),
    /apiVersion must be admission.k8s.io\/v1 or admission.k8s.io\/v1beta1/,
  ],
  'no request': [({ apiVersion, kind }) => ({ apiVersion, kind }), /request must be an object/],
  'a request of another type': [
    review => ({ ...review, request: 'x' }),
    /request must be an object/,
  ],
  'no uid': [withRequest({ uid: '' }), /request.uid must be a non-empty string/],
  'a uid of another type': [withRequest({ uid: 7 }), /request.uid must be a non-empty string/],
  'no kind': [withRequest({ kind: null }), /request.kind must be an object/],
  'a kind without a version': [
    withRequest({ kind: { group: 'g', kind: 'K' } }),
    /request.kind.version must be a non-empty string/,
  ],
  'no resource': [withRequest({ resource: [] }), /request.resource must be an object/],
  'no operation': [withRequest({ operation: undefined }), /request.operation must be a non-empty/],
  'an unknown operation': [
    withRequest({ operation: 'create' }),
    /request.operation must be one of CREATE, UPDATE, DELETE, CONNECT/,
  ],
  'a CREATE without an object': [withRequest({ object: null }), /request.object must be an object/],
  'an UPDATE without the old object': [
    withRequest({ operation: 'UPDATE' }),
    /request.oldObject must be an object/,
  ],
  'a dryRun of another type': [
    withRequest({ dryRun: 'no' }),
    /request.dryRun must be true or false/,
  ],
  'a namespace of another type': [withRequest({ namespace: {} }), /namespace must be a string/],
};

function withRequest(fields: Record<string, unknown>): (review: RawReview) => unknown {
  return review => ({ ...review, request: { ...review.request, ...fields } });
}

describe('decodeReview', () => {
  for (const [name, [change, message]] of Object.entries(malformed)) {
    it(`names what is wrong with ${name}`, () => {
      const decoded = decodeReview(change(reviewOf(IMAGE_PULL_JOBS, job)));
      assert.ok(!decoded.ok);
      assert.match(decoded.message, /^malformed AdmissionReview: /);
      assert.match(decoded.message, message);
    });
  }

  it('names every problem at once', () => {
    const review = reviewOf(IMAGE_PULL_JOBS, null, {
      uid: 1,
      operation: 'NO',
      resource: { version: 'v1' },
    });
    const decoded = decodeReview({ ...review, kind: 'Pod' });
    assert.ok(!decoded.ok);
    for (const field of ['kind', 'uid', 'operation', 'resource.resource']) {
      assert.match(decoded.message, new RegExp(`${field} must be`));
    }
  });

  it('reads a CREATE and ignores what it does not know', () => {
    const decoded = decodeReview({ ...reviewOf(IMAGE_PULL_JOBS, job, { dryRun: true }), extra: 1 });
    assert.ok(decoded.ok);
    assert.equal(decoded.version, 'admission.k8s.io/v1');
    const { operation, object, oldObject, dryRun, subResource } = decoded.request;
    assert.deepEqual(
      { operation, object, oldObject, dryRun, subResource },
      { operation: 'CREATE', object: job, oldObject: undefined, dryRun: true, subResource: '' },
    );
  });

  it('reads an UPDATE with both objects, and the subresource', () => {
    const old = { metadata: {} };
    const decoded = decodeReview(
      reviewOf(CLONE_SETS, job, { oldObject: old, subResource: 'status' }),
    );
    assert.ok(decoded.ok);
    assert.equal(decoded.request.oldObject, old);
    assert.equal(decoded.request.subResource, 'status');
  });

  for (const operation of ['DELETE', 'CONNECT']) {
    it(`reads a ${operation}, which has no object`, () => {
      const decoded = decodeReview(
        reviewOf(IMAGE_PULL_JOBS, null, { operation, oldObject: job, namespace: null }),
      );
      assert.ok(decoded.ok);
      assert.equal(decoded.request.object, undefined);
      assert.equal(decoded.request.namespace, '');
    });
  }

  it('reads a v1beta1 review', () => {
    const review = { ...reviewOf(IMAGE_PULL_JOBS, job), apiVersion: 'admission.k8s.io/v1beta1' };
    const decoded = decodeReview(review);
    assert.equal(decoded.ok && decoded.version, 'admission.k8s.io/v1beta1');
  });

  it('never throws, whatever stands in whichever field', () => {
    const keys = Object.keys(reviewOf(IMAGE_PULL_JOBS, job).request);
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        const review = reviewOf(IMAGE_PULL_JOBS, job, { oldObject: job });
        review.request[key] = value;
        assert.equal(typeof decodeReview(review).ok, 'boolean');
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), value => !decodeReview(value).ok));
  });
});
