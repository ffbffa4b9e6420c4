import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutMessage, MAX_MESSAGE_BYTES, redact } from '../../daemon/redact.ts';

describe('redact', () => {
  const cases: { name: string; text: string; redacted: string }[] = [
    {
      name: 'the signature in the address of a blob',
      text: 'Get "https://cdn.example/blobs/sha256/ab/data?verify=1700000-abc%3D": dial tcp: timeout',
      redacted: 'Get "https://cdn.example/blobs/sha256/ab/data?[redacted]": dial tcp: timeout',
    },
    {
      name: 'a query without quotes around',
      text: 'GET https://s3.example/x?X-Amz-Signature=abc&X-Amz-Date=1 failed',
      redacted: 'GET https://s3.example/x?[redacted] failed',
    },
    {
      name: 'a user and password in an address',
      text: 'proxyconnect http://robot:p@ss@proxy:3128/: refused',
      redacted: 'proxyconnect http://proxy:3128/: refused',
    },
    {
      name: 'a bearer token',
      text: 'sent Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln and got 401',
      redacted: 'sent Bearer [redacted] and got 401',
    },
    {
      name: 'nothing in a challenge',
      text: 'Bearer realm="https://auth.example/token",service="reg"',
      redacted: 'Bearer realm="https://auth.example/token",service="reg"',
    },
    {
      name: 'nothing in an ordinary failure',
      text: 'failed to resolve reference "reg:5000/a@sha256:00": not found?',
      redacted: 'failed to resolve reference "reg:5000/a@sha256:00": not found?',
    },
  ];
  for (const { name, text, redacted } of cases) {
    it(`takes out ${name}`, () => assert.equal(redact(text), redacted));
  }

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        assert.equal(redact(redact(text)), redact(text));
      }),
    );
  });
});

describe('cutMessage', () => {
  it('keeps what is short enough', () => {
    assert.equal(cutMessage('x'.repeat(1024)), 'x'.repeat(1024));
  });

  it('never gives more than the limit nor half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 300, maxLength: 1200 }), text => {
        const cut = cutMessage(text);
        assert.ok(Buffer.byteLength(cut) <= MAX_MESSAGE_BYTES);
        assert.ok(text.startsWith(cut.replace(/…$/, '')) || cut === text);
      }),
    );
  });
});
