import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import {
  type CertificateAndKey,
  createCertificateAuthority,
  issueServingCertificate,
} from '../../certs/issue.ts';

const NOT_BEFORE = Date.parse('2026-01-01T00:00:00Z');
const NOT_AFTER = Date.parse('2056-01-01T00:00:00Z');
const DNS_NAMES = ['headstart-webhook.headstart-system.svc', 'localhost'];

describe('issue', () => {
  let authority: CertificateAndKey;
  let serving: CertificateAndKey;

  before(async () => {
    const period = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };
    authority = await createCertificateAuthority({ commonName: 'test-ca', ...period });
    serving = await issueServingCertificate(authority, {
      commonName: 'headstart-webhook',
      dnsNames: DNS_NAMES,
      ipAddresses: ['127.0.0.1', '::1'],
      ...period,
    });
  });

  it('makes an authority that signs itself and may sign leaves only', () => {
    const certificate = new X509Certificate(authority.certPem);
    assert.equal(certificate.ca, true);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(authority.keyPem)));
    assert.equal(certificate.subject, 'CN=test-ca');
  });

  it('makes a leaf that its authority signed, for every name asked', () => {
    const certificate = new X509Certificate(serving.certPem);
    assert.equal(certificate.ca, false);
    assert.ok(certificate.checkIssued(new X509Certificate(authority.certPem)));
    assert.ok(certificate.verify(new X509Certificate(authority.certPem).publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(serving.keyPem)));
    for (const name of DNS_NAMES) assert.equal(certificate.checkHost(name), name);
    assert.equal(certificate.checkHost('other.headstart-system.svc'), undefined);
    for (const ip of ['127.0.0.1', '::1']) assert.equal(certificate.checkIP(ip), ip);
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  it('keeps the period, also beyond 2050 where the encoding of dates changes', () => {
    const certificate = new X509Certificate(serving.certPem);
    assert.equal(Date.parse(certificate.validFrom), NOT_BEFORE);
    assert.equal(Date.parse(certificate.validTo), NOT_AFTER);
  });

  it('gives every certificate its own positive serial number of 16 bytes', () => {
    const serials = [authority, serving].map(
      ({ certPem }) => new X509Certificate(certPem).serialNumber,
    );
    for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
    assert.notEqual(serials[0], serials[1]);
  });

  it('is trusted by a TLS client that knows the authority alone', async () => {
    const server = createServer({ cert: serving.certPem, key: serving.keyPem });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      servername: DNS_NAMES[0],
      ca: authority.certPem,
    });
    try {
      await once(socket, 'secureConnect');
      assert.equal(socket.authorized, true);
    } finally {
      socket.destroy();
      server.close();
    }
  });
});
