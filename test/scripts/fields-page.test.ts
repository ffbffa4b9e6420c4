import assert from 'node:assert/strict';
import { fieldsPage } from '../../scripts/fields-page.ts';
import { schemaFields } from '../../scripts/schema-fields.ts';

describe('schemaFields', () => {
  it('goes into objects, lists and maps, and says what is denied', () => {
    const schema = {
      required: ['image'],
      properties: {
        image: { type: 'string', description: 'An image.' },
        tags: {
          type: 'array',
          maxItems: 3,
          items: { type: 'object', properties: { tag: { type: 'string', default: 'latest' } } },
        },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        at: { 'x-kubernetes-int-or-string': true, 'x-kubernetes-validations': [{ message: 'no' }] },
      },
    };
    assert.deepEqual(
      schemaFields('spec', schema).map(field => [field.path, field.type, field.rules]),
      [
        ['spec.image', 'string', []],
        ['spec.tags', 'list of object', ['at most 3 items']],
        ['spec.tags[].tag', 'string', []],
        ['spec.labels', 'map to string', []],
        ['spec.at', 'integer or string', ['no']],
      ],
    );
    const [image, , tag] = schemaFields('spec', schema);
    assert.deepEqual([image?.isRequired, tag?.isRequired, tag?.default], [true, false, '"latest"']);
  });
});

describe('docs/reference/fields.md', () => {
  const rows = fieldsPage()
    .split('\n')
    .filter(line => line.startsWith('| `'));

  it('has the fields of the three kinds, each with its meaning', () => {
    for (const field of [
      'spec.completionPolicy.activeDeadlineSeconds',
      'spec.images.*.tags[].tag',
      'status.failures[].reason',
      'status.firstSyncStatus.status',
    ]) {
      assert.ok(
        rows.some(row => row.startsWith(`| \`${field}\` |`)),
        field,
      );
    }
    const empty = rows.filter(row => row.endsWith('|  |'));
    assert.deepEqual(empty, []);
  });
});
