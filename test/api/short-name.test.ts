import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isLabelValue } from '../../api/name-rules.ts';
import { hashOf, shortLabelValue, shortName } from '../../api/short-name.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'Z', '-', '.', '_', '/'), maxLength: 300 }),
);

describe('shortName', () => {
  it('keeps a name that is short enough (W10)', () => {
    assert.equal(shortName('web-7d9f8c'), 'web-7d9f8c');
    assert.equal(shortName('a'.repeat(63)), 'a'.repeat(63));
  });

  it('shortens a longer one to 63 characters and keeps it readable (W10)', () => {
    const name = shortName(`${'payments-'.repeat(30)}web`);
    assert.equal(name.length, 63);
    assert.match(name, /^payments-payments-/);
  });

  it('tells apart what shortening or cleaning would make equal', () => {
    const long = 'a'.repeat(80);
    assert.notEqual(shortName(`${long}1`), shortName(`${long}2`));
    assert.notEqual(shortName('a.b'), shortName('a-b'));
    assert.notEqual(shortName('A'), shortName('a'));
  });

  it('makes a DNS label of any text, at any length, and the same one each time', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 13, max: 80 }), (text, maxLength) => {
        const name = shortName(text, maxLength);
        assert.match(name, DNS_LABEL);
        assert.ok(name.length <= maxLength);
        assert.equal(shortName(text, maxLength), name);
        assert.equal(shortName(name, maxLength), name);
      }),
    );
  });
});

describe('shortLabelValue', () => {
  it('keeps a valid label value, dots and capitals too', () => {
    assert.equal(shortLabelValue('My_app.v1'), 'My_app.v1');
    assert.equal(shortLabelValue(''), '');
  });

  it('makes a label value of any text', () => {
    fc.assert(fc.property(texts, text => assert.ok(isLabelValue(shortLabelValue(text)))));
  });
});

describe('hashOf', () => {
  it('depends on every part, on their order and on where they end', () => {
    const hashes = [
      hashOf('a', 'b'),
      hashOf('b', 'a'),
      hashOf('ab'),
      hashOf('a', 'b', ''),
      hashOf(),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
    assert.equal(hashOf('a', 'b'), hashOf('a', 'b'));
    assert.match(hashOf('a'), /^[0-9a-f]{12}$/);
  });
});
