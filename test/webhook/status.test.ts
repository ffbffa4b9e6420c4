import assert from 'node:assert/strict';
import { failure, invalid } from '../../webhook/status.ts';
import { JOB, requestOf } from './review.ts';

const request = requestOf(JOB);
const violations = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ path: `spec.images[${i}]`, message: 'must be text' }));

describe('invalid', () => {
  it('names the object and lists each violation in the message and as a cause', () => {
    assert.deepEqual(invalid(request, violations(2)), {
      apiVersion: 'v1',
      kind: 'Status',
      metadata: {},
      status: 'Failure',
      message: '2 problems:\n  spec.images[0]: must be text\n  spec.images[1]: must be text',
      reason: 'Invalid',
      code: 422,
      details: {
        group: 'apps.kruise.io',
        kind: 'ImagePullJob',
        name: 'sample',
        causes: [
          { reason: 'FieldValueInvalid', message: 'must be text', field: 'spec.images[0]' },
          { reason: 'FieldValueInvalid', message: 'must be text', field: 'spec.images[1]' },
        ],
      },
    });
  });

  it('stays short for an object that is wrong in a hundred thousand places', () => {
    const status = invalid(request, violations(100_000));
    assert.equal(status.details?.causes.length, 51);
    assert.equal(status.details?.causes.at(-1)?.message, 'and 99950 more');
    assert.ok(JSON.stringify(status).length < 10_000);
  });
});

describe('failure', () => {
  it('has the reason that Kubernetes uses for the code', () => {
    const reasons = [400, 404, 405, 408, 413, 415, 422, 500].map(code => failure(code, 'x').reason);
    assert.deepEqual(reasons, [
      'BadRequest',
      'NotFound',
      'MethodNotAllowed',
      'Timeout',
      'RequestEntityTooLarge',
      'UnsupportedMediaType',
      'Invalid',
      'InternalError',
    ]);
  });
});
