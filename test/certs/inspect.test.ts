import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { Secret } from '../../api/core.ts';
import { bundleOf, type CertificateSet, type SecretKey } from '../../certs/certificate-set.ts';
import { inspectSecret } from '../../certs/inspect.ts';
import { makeSet, NAMES, secretOf } from './certificate-fixtures.ts';

const NOT_BEFORE = Date.parse('2026-01-01T00:00:00Z');
const NOT_AFTER = Date.parse('2027-01-01T00:00:00Z');

describe('inspectSecret', () => {
  let set: CertificateSet;
  let other: CertificateSet;

  before(async () => {
    const period = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };
    [set, other] = await Promise.all([makeSet(period), makeSet(period)]);
  });

  function secretWith(changes: Partial<Record<SecretKey, string>>): Secret {
    const encoded = Object.entries(changes).map(([key, text]) => [
      key,
      Buffer.from(text).toString('base64'),
    ]);
    const secret = secretOf(set);
    return { ...secret, data: { ...secret.data, ...(Object.fromEntries(encoded) as object) } };
  }

  it('finds both certificates usable, with their periods and pairs', () => {
    const period = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };
    const state = inspectSecret(secretOf(set), NAMES);
    assert.deepEqual(state.serving, { usable: true, pair: set.serving, ...period });
    assert.deepEqual(state.authority, {
      usable: true,
      pair: { ...set.authority, certPem: set.authority.certPem.trim() },
      ...period,
    });
    assert.deepEqual(state.trusted, [set.authority.certPem.trim()]);
  });

  it('reads every authority of the bundle, the signing one first', () => {
    const bundle = bundleOf([set.authority.certPem, other.authority.certPem]);
    const { authority, trusted } = inspectSecret(secretWith({ 'ca.crt': bundle }), NAMES);
    assert.equal(authority.usable, true);
    assert.deepEqual(trusted, [set.authority.certPem.trim(), other.authority.certPem.trim()]);
  });

  it('takes a leaf of an authority before, as during a rotation', () => {
    const bundle = bundleOf([other.authority.certPem, set.authority.certPem]);
    const state = inspectSecret(
      secretWith({ 'ca.crt': bundle, 'ca.key': other.authority.keyPem }),
      NAMES,
    );
    assert.deepEqual([state.serving.usable, state.servedByAuthority], [true, false]);
    assert.equal(inspectSecret(secretOf(set), NAMES).servedByAuthority, true);
  });

  const broken: Record<
    string,
    { data: () => Partial<Record<SecretKey, string>>; authority?: RegExp; serving: RegExp }
  > = {
    'an authority that is missing': {
      data: () => ({ 'ca.crt': '' }),
      authority: /^ca\.crt is missing$/,
      serving: /^ca\.crt is missing$/,
    },
    'an authority that is no certificate': {
      data: () => ({ 'ca.crt': 'hello' }),
      authority: /^ca\.crt is no certificate$/,
      serving: /ca\.crt/,
    },
    'a bundle with something else in it': {
      data: () => ({ 'ca.crt': set.authority.certPem + block('CERTIFICATE', 'AAAA') }),
      authority: /^ca\.crt holds something that is no certificate$/,
      serving: /ca\.crt/,
    },
    'a leaf in the place of the authority': {
      data: () => ({ 'ca.crt': set.serving.certPem, 'ca.key': set.serving.keyPem }),
      authority: /^ca\.crt is no certificate authority$/,
      serving: /ca\.crt/,
    },
    'an authority without its key': {
      data: () => ({ 'ca.key': '' }),
      authority: /^ca\.key is missing$/,
      serving: /ca\.key/,
    },
    'an authority with the key of another': {
      data: () => ({ 'ca.key': other.authority.keyPem }),
      authority: /^ca\.key does not belong to its certificate$/,
      serving: /ca\.key/,
    },
    'a key that cannot sign for us': {
      data: () => ({ 'ca.key': ellipticKey() }),
      authority: /^ca\.key is no RSA key$/,
      serving: /ca\.key/,
    },
    'a serving certificate that is missing': {
      data: () => ({ 'tls.crt': '' }),
      serving: /^tls\.crt is missing$/,
    },
    'a serving certificate that was cut': {
      data: () => ({ 'tls.crt': set.serving.certPem.slice(0, 300) }),
      serving: /^tls\.crt is no certificate$/,
    },
    'a serving key that is no key': {
      data: () => ({ 'tls.key': block('PRIVATE KEY', 'AAAA') }),
      serving: /^tls\.key is no private key$/,
    },
    'a serving key of another certificate': {
      data: () => ({ 'tls.key': other.serving.keyPem }),
      serving: /^tls\.key does not belong to its certificate$/,
    },
    'a serving certificate of another authority': {
      data: () => ({ 'tls.crt': other.serving.certPem, 'tls.key': other.serving.keyPem }),
      serving: /^tls\.crt was not signed by the authority$/,
    },
  };
  for (const [name, { data, authority, serving }] of Object.entries(broken)) {
    it(`says what is wrong with ${name}`, () => {
      const state = inspectSecret(secretWith(data()), NAMES);
      assert.ok(!state.serving.usable);
      assert.match(state.serving.reason, serving);
      assert.equal(state.authority.usable, authority === undefined);
      if (!state.authority.usable) assert.match(state.authority.reason, authority ?? /^$/);
      assert.equal(state.trusted.length, state.authority.usable ? 1 : 0);
    });
  }

  it('says which name the serving certificate lacks', () => {
    const host = inspectSecret(secretOf(set), { ...NAMES, dnsNames: [...NAMES.dnsNames, 'b.svc'] });
    assert.match(JSON.stringify(host.serving), /tls\.crt is not valid for b\.svc/);
    const ip = inspectSecret(secretOf(set), { ...NAMES, ipAddresses: ['10.0.0.1'] });
    assert.match(JSON.stringify(ip.serving), /tls\.crt is not valid for 10\.0\.0\.1/);
  });

  for (const [name, data] of Object.entries({
    'no data': undefined,
    'empty data': {},
    'data that is not base64': { 'ca.crt': '§' },
  })) {
    it(`takes a Secret with ${name}`, () => {
      const { data: _, ...bare } = secretOf(set);
      const state = inspectSecret(data === undefined ? bare : { ...bare, data }, NAMES);
      assert.deepEqual([state.authority.usable, state.serving.usable], [false, false]);
    });
  }

  it('takes a Secret that does not exist', () => {
    const state = inspectSecret(undefined, NAMES);
    assert.deepEqual(state.authority, { usable: false, reason: 'the Secret does not exist' });
  });
});

const block = (what: string, text: string): string =>
  `-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`;

function ellipticKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
