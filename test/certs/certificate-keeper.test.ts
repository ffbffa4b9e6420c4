import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { SECRETS } from '../../api/resources.ts';
import { type CertificateSet, splitBundle } from '../../certs/certificate-set.ts';
import { isConflict } from '../../kube/kube-error.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { DAY_MS, makeSet, NAMES, NAMESPACE, SECRET, secretOf } from './certificate-fixtures.ts';
import { KEY, Replica, textIn } from './replica.ts';

const signal = new AbortController().signal;

const merge = (body: unknown) => ({ type: 'merge', body }) as const;

describe('CertificateKeeper', () => {
  let kube: FakeKube;
  let replica: Replica;
  let good: CertificateSet;

  before(async () => {
    const now = new FakeKube().clock.now();
    good = await makeSet(
      { notBefore: now - DAY_MS, notAfter: now + 3000 * DAY_MS },
      { notBefore: now - DAY_MS, notAfter: now + 299 * DAY_MS },
    );
  });

  beforeEach(() => {
    kube = new FakeKube();
    replica = new Replica(kube);
  });

  it('makes an authority for 10 years and a certificate for one, and keeps them in a Secret', async () => {
    const { lookAgainMs } = await replica.refresh();
    assert.equal(lookAgainMs, 10_000);
    assert.equal(kube.read(SECRETS, KEY)?.type, 'kubernetes.io/tls');
    const years = (key: string): number => {
      const certificate = new X509Certificate(textIn(kube, key));
      const life = Date.parse(certificate.validTo) - kube.clock.now();
      assert.ok(Date.parse(certificate.validFrom) < kube.clock.now());
      return life / DAY_MS / 365;
    };
    assert.deepEqual([years('ca.crt'), years('tls.crt')], [10, 1]);
    const host = NAMES.dnsNames[0] ?? '';
    assert.equal(new X509Certificate(textIn(kube, 'tls.crt')).checkHost(host), host);
    assert.deepEqual(replica.reasons, ['the Secret does not exist']);
  });

  it('takes over what another replica has made, without a write', async () => {
    kube.seed(SECRETS, secretOf(good));
    await replica.refresh();
    assert.equal(replica.served, good.serving.certPem.trim());
    assert.deepEqual(kube.writes, []);
    assert.deepEqual(replica.log.lines, []);
  });

  it('agrees with replicas that start at the same moment on one certificate', async () => {
    const replicas = [replica, new Replica(kube), new Replica(kube)];
    let met = 0;
    let release = (): void => {};
    const together = new Promise<void>(resolve => {
      release = resolve;
    });
    kube.before = ({ verb }) => {
      if (verb !== 'create') return undefined;
      met++;
      if (met === replicas.length) release();
      return together;
    };
    await Promise.all(replicas.map(one => one.refresh()));
    const served = new Set(replicas.map(one => one.served));
    assert.deepEqual([...served], [textIn(kube, 'tls.crt').trim()]);
  });

  it('loses against a replica that renews at the same moment, and then takes what that made', async () => {
    kube.seed(SECRETS, secretOf(good));
    await kube.clock.advance(250 * DAY_MS);
    const other = new Replica(kube);
    kube.before = async ({ verb }) => {
      if (verb !== 'patch') return;
      kube.before = () => {};
      await other.refresh();
    };
    await assert.rejects(replica.refresh(), isConflict);
    assert.equal(replica.served, undefined);
    await replica.refresh();
    assert.equal(replica.served, other.served);
    assert.notEqual(replica.served, good.serving.certPem.trim());
  });

  it('renews the certificate at two thirds of its life under the same authority', async () => {
    kube.seed(SECRETS, secretOf(good));
    await kube.clock.advance(198 * DAY_MS);
    await replica.refresh();
    assert.deepEqual(kube.writes, []);
    await kube.clock.advance(2 * DAY_MS);
    await replica.refresh();
    assert.deepEqual(splitBundle(textIn(kube, 'ca.crt')), [good.authority.certPem.trim()]);
    assert.equal(textIn(kube, 'ca.key').trim(), good.authority.keyPem.trim());
    assert.notEqual(replica.served, good.serving.certPem.trim());
    assert.deepEqual(replica.reasons, [
      'two thirds of the life of the serving certificate are over',
    ]);
  });

  describe('replacing an authority', () => {
    const rotate = async (): Promise<void> => {
      kube.seed(SECRETS, secretOf(good));
      await kube.clock.advance(190 * DAY_MS);
      await replica.refresh();
      replica.trustedMs = 0;
      const { data } = secretOf({ ...good, ...(await oldAuthority()) });
      await kube.patch(SECRETS, { namespace: NAMESPACE, name: SECRET }, merge({ data }));
      await replica.refresh();
    };
    /** An authority past two thirds of its life and a young leaf below it. */
    const oldAuthority = async (): Promise<CertificateSet> => {
      const now = kube.clock.now();
      const authority = { notBefore: now - 300 * DAY_MS, notAfter: now + 100 * DAY_MS };
      return makeSet(authority, { notBefore: now - DAY_MS, notAfter: now + 90 * DAY_MS });
    };

    it('first adds the new one to those that are trusted and serves on as before', async () => {
      await rotate();
      const [first, second, ...others] = replica.bundle;
      assert.ok(first !== undefined && second !== undefined && others.length === 0);
      const leaf = new X509Certificate(replica.served ?? '');
      assert.ok(leaf.verify(new X509Certificate(second).publicKey));
      assert.deepEqual(replica.actions, ['issue-authority']);
      assert.match(
        String(replica.reasons[0]),
        /^two thirds of the life of the authority are over$/,
      );
    });

    it('serves nothing under the new one before every API server has trusted it for 30 s', async () => {
      await rotate();
      const { served } = replica;
      const writes = kube.writes.length;
      replica.trustedMs = 29_999;
      await replica.refresh();
      assert.equal(kube.writes.length, writes);
      assert.equal(replica.served, served);
      replica.trustedMs = 30_000;
      await replica.refresh();
      const leaf = new X509Certificate(replica.served ?? '');
      assert.ok(leaf.verify(new X509Certificate(replica.bundle[0] ?? '').publicKey));
      assert.equal(replica.bundle.length, 2);
      await replica.refresh();
      assert.equal(kube.writes.length, writes + 1);
    });

    it('goes on from where a replica stopped that is gone', async () => {
      await rotate();
      const successor = new Replica(kube);
      await successor.refresh();
      assert.deepEqual(successor.actions, ['issue-serving']);
      assert.deepEqual(successor.bundle, replica.bundle);
    });

    it('waits with a renewal until the new one is trusted, but not with a leaf that has expired', async () => {
      await rotate();
      await kube.clock.advance(80 * DAY_MS);
      const { served } = replica;
      await replica.refresh();
      assert.equal(replica.served, served);
      await kube.clock.advance(11 * DAY_MS);
      await replica.refresh();
      assert.notEqual(replica.served, served);
    });
  });

  describe('a Secret that is deleted', () => {
    beforeEach(() => kube.seed(SECRETS, secretOf(good)));

    const remove = (): Promise<boolean> =>
      kube.delete(SECRETS, { namespace: NAMESPACE, name: SECRET });

    it('is put back with what is served', async () => {
      await replica.refresh();
      const { served } = replica;
      await remove();
      await replica.refresh();
      assert.equal(textIn(kube, 'tls.crt').trim(), served);
      assert.equal(textIn(kube, 'ca.key').trim(), good.authority.keyPem.trim());
      assert.deepEqual(replica.actions, ['restore']);
    });

    it('is made anew by a replica that never knew it, which trusts what the others still serve', async () => {
      await remove();
      replica.inConfigurations = [good.authority.certPem.trim()];
      await replica.refresh();
      assert.equal(replica.bundle.length, 2);
      assert.equal(replica.bundle[1], good.authority.certPem.trim());
    });

    it('is made anew when what was served has expired meanwhile', async () => {
      await replica.refresh();
      await remove();
      await kube.clock.advance(4000 * DAY_MS);
      await replica.refresh();
      assert.deepEqual(replica.actions, ['issue-authority']);
    });
  });

  it('takes an authority that somebody put into the Secret, and serves under it', async () => {
    const now = kube.clock.now();
    const period = { notBefore: now - DAY_MS, notAfter: now + 300 * DAY_MS };
    const theirs = await makeSet(period);
    kube.seed(SECRETS, secretOf({ ...good, authority: theirs.authority, trusted: theirs.trusted }));
    await replica.refresh();
    assert.deepEqual(replica.bundle, [theirs.authority.certPem.trim()]);
    const leaf = new X509Certificate(replica.served ?? '');
    assert.ok(leaf.verify(new X509Certificate(theirs.authority.certPem).publicKey));
  });

  it('names the bundle to trust as the Secret has it, or as it had it', async () => {
    kube.seed(SECRETS, secretOf(good));
    assert.equal(await replica.keeper.trustedBundle(signal), good.authority.certPem);
    await replica.refresh();
    await kube.delete(SECRETS, { namespace: NAMESPACE, name: SECRET });
    assert.equal(await replica.keeper.trustedBundle(signal), good.authority.certPem);
    assert.equal(await new Replica(kube).keeper.trustedBundle(signal), undefined);
  });

  const damages: Record<string, { data: Record<string, string> | undefined; reason: RegExp }> = {
    'was emptied': { data: undefined, reason: /^ca\.crt is missing$/ },
    'was corrupted': { data: { 'ca.crt': 'AAAA' }, reason: /^ca\.crt is no certificate$/ },
    'lost the key of its certificate': { data: { 'tls.key': '' }, reason: /^tls\.key is missing$/ },
  };
  for (const [name, { data, reason }] of Object.entries(damages)) {
    it(`replaces the content of a Secret that ${name}, says why, and leaves foreign keys alone`, async () => {
      const { data: whole, ...bare } = secretOf(good);
      const foreign = { 'note.txt': 'aGk=' };
      kube.seed(
        SECRETS,
        data === undefined ? bare : { ...bare, data: { ...whole, ...foreign, ...data } },
      );
      await replica.refresh();
      assert.match(String(replica.reasons[0]), reason);
      assert.equal(textIn(kube, 'tls.crt').trim(), replica.served);
      assert.equal(textIn(kube, 'note.txt'), data === undefined ? '' : 'hi');
      const again = new Replica(kube);
      await again.refresh();
      assert.equal(again.served, replica.served);
      assert.deepEqual(again.log.lines, []);
    });
  }

  it('leaves a Secret alone that it could not read', async () => {
    kube.before = () => {
      throw new Error('no connection');
    };
    await assert.rejects(replica.refresh(), /no connection/);
    assert.deepEqual(kube.writes, []);
  });

  it('never logs a key', async () => {
    await replica.refresh();
    const { data, ...bare } = secretOf(good);
    kube = new FakeKube();
    kube.seed(SECRETS, { ...bare, data: { ...data, 'tls.crt': '' } });
    const second = new Replica(kube);
    await second.refresh();
    const text = JSON.stringify([...replica.log.lines, ...second.log.lines]);
    assert.ok(second.log.lines.length > 0);
    assert.doesNotMatch(text, /PRIVATE|BEGIN|MII/);
  });
});
