import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { SECRETS } from '../../api/resources.ts';
import { CertificateKeeper } from '../../certs/certificate-keeper.ts';
import { type CertificateSet, splitBundle } from '../../certs/certificate-set.ts';
import { isConflict } from '../../kube/kube-error.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import {
  DAY_MS,
  makeSet,
  NAMES,
  NAMESPACE,
  SECRET,
  SERVICE,
  secretOf,
} from './certificate-fixtures.ts';

const signal = new AbortController().signal;
const KEY = `${NAMESPACE}/${SECRET}`;

/** One replica. */
class Replica {
  readonly log = new RecordingLogger();
  readonly published: CertificateSet[] = [];
  readonly keeper: CertificateKeeper;

  constructor(kube: FakeKube) {
    this.keeper = new CertificateKeeper(
      { namespace: NAMESPACE, secretName: SECRET, commonName: SERVICE, ...NAMES },
      { client: kube, clock: kube.clock, log: this.log, publish: set => this.published.push(set) },
    );
  }

  get served(): string | undefined {
    return this.published.at(-1)?.serving.certPem.trim();
  }

  get reasons(): unknown[] {
    return this.log.lines.map(({ fields }) => fields['reason']);
  }
}

const textIn = (kube: FakeKube, key: string): string =>
  Buffer.from(kube.read(SECRETS, KEY)?.data?.[key] ?? '', 'base64').toString();

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
    const result = await replica.keeper.reconcile(signal);
    assert.deepEqual(result, { requeueAfterMs: 10_000 });
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
    assert.equal(replica.published.length, 1);
    assert.deepEqual(replica.reasons, ['the Secret does not exist']);
  });

  it('takes over what another replica has made, without a write', async () => {
    kube.seed(SECRETS, secretOf(good));
    await replica.keeper.reconcile(signal);
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
    const results = await Promise.all(replicas.map(({ keeper }) => keeper.reconcile(signal)));
    assert.deepEqual(
      results.map(({ requeueAfterMs }) => requeueAfterMs).toSorted((a = 0, b = 0) => a - b),
      [0, 0, 10_000],
    );
    for (const { keeper } of replicas) await keeper.reconcile(signal);
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
      await other.keeper.reconcile(signal);
    };
    await assert.rejects(replica.keeper.reconcile(signal), isConflict);
    assert.deepEqual(replica.published, []);
    await replica.keeper.reconcile(signal);
    assert.equal(replica.served, other.served);
    assert.notEqual(replica.served, good.serving.certPem.trim());
  });

  it('renews the certificate at two thirds of its life under the same authority', async () => {
    kube.seed(SECRETS, secretOf(good));
    await kube.clock.advance(198 * DAY_MS);
    await replica.keeper.reconcile(signal);
    assert.deepEqual(kube.writes, []);
    await kube.clock.advance(2 * DAY_MS);
    await replica.keeper.reconcile(signal);
    assert.deepEqual(splitBundle(textIn(kube, 'ca.crt')), [good.authority.certPem.trim()]);
    assert.equal(textIn(kube, 'ca.key').trim(), good.authority.keyPem.trim());
    assert.notEqual(replica.served, good.serving.certPem.trim());
    assert.deepEqual(replica.reasons, [
      'two thirds of the life of the serving certificate are over',
    ]);
  });

  it('renews the authority at two thirds of its life and goes on trusting the one before it', async () => {
    kube.seed(SECRETS, secretOf(good));
    await kube.clock.advance(2100 * DAY_MS);
    await replica.keeper.reconcile(signal);
    const [first, second, ...others] = splitBundle(textIn(kube, 'ca.crt'));
    assert.ok(first !== undefined && first !== second);
    assert.equal(second, good.authority.certPem.trim());
    assert.deepEqual(others, []);
    const leaf = new X509Certificate(textIn(kube, 'tls.crt'));
    assert.ok(leaf.verify(new X509Certificate(first).publicKey));
    await replica.keeper.reconcile(signal);
    assert.equal(kube.writes.length, 1);
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
      await replica.keeper.reconcile(signal);
      assert.match(String(replica.reasons[0]), reason);
      assert.equal(textIn(kube, 'tls.crt').trim(), replica.served);
      assert.equal(textIn(kube, 'note.txt'), data === undefined ? '' : 'hi');
      const again = new Replica(kube);
      await again.keeper.reconcile(signal);
      assert.equal(again.served, replica.served);
      assert.deepEqual(again.log.lines, []);
    });
  }

  it('leaves a Secret alone that it could not read', async () => {
    kube.before = () => {
      throw new Error('no connection');
    };
    await assert.rejects(replica.keeper.reconcile(signal), /no connection/);
    assert.deepEqual(kube.writes, []);
  });

  it('never logs a key', async () => {
    await replica.keeper.reconcile(signal);
    const { data, ...bare } = secretOf(good);
    kube = new FakeKube();
    kube.seed(SECRETS, { ...bare, data: { ...data, 'tls.crt': '' } });
    const second = new Replica(kube);
    await second.keeper.reconcile(signal);
    const text = JSON.stringify([...replica.log.lines, ...second.log.lines]);
    assert.ok(second.log.lines.length > 0);
    assert.doesNotMatch(text, /PRIVATE|BEGIN|MII/);
  });
});
