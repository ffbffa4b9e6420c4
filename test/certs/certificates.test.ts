import assert from 'node:assert/strict';
import type { KubeObject } from '../../api/meta.ts';
import {
  MUTATING_WEBHOOK_CONFIGURATIONS as MUTATING,
  SECRETS,
  VALIDATING_WEBHOOK_CONFIGURATIONS as VALIDATING,
} from '../../api/resources.ts';
import type { WebhookConfiguration } from '../../api/webhook-configuration.ts';
import { CertificateKeeper } from '../../certs/certificate-keeper.ts';
import type { CertificateSet } from '../../certs/certificate-set.ts';
import { type Certificates, createCertificates } from '../../certs/certificates.ts';
import { hasCode } from '../../runtime/errors.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { settle } from '../support/fake-clock.ts';
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

const service = { namespace: NAMESPACE, name: SERVICE, path: '/p', port: 443 };
const webhook = (name: string) => ({
  name,
  clientConfig: { service },
  failurePolicy: 'Ignore',
  rules: [{ apiGroups: ['*'] }],
});
const configuration = (name: string): WebhookConfiguration & KubeObject => ({
  metadata: { name, labels: { keep: 'me' } },
  webhooks: [webhook('a.b.c'), webhook('d.e.f')],
});

const armedWith = (caPem: string) => ({
  webhooks: configuration('').webhooks?.map(({ clientConfig, ...rest }) => ({
    ...rest,
    clientConfig: { ...clientConfig, caBundle: Buffer.from(caPem).toString('base64') },
  })),
});

describe('createCertificates', () => {
  let first: CertificateSet;
  let second: CertificateSet;
  let kube: FakeKube;
  let log: RecordingLogger;
  let metrics: ReturnType<typeof createPlainMetrics>;
  let certificates: Certificates;
  let answers: () => void;
  let stop: () => Promise<void>;

  before(async () => {
    const now = new FakeKube().clock.now();
    const period = { notBefore: now - DAY_MS, notAfter: now + 3000 * DAY_MS };
    [first, second] = await Promise.all([makeSet(period), makeSet(period)]);
  });

  beforeEach(() => {
    kube = new FakeKube();
    kube.seed(SECRETS, secretOf(first));
    log = new RecordingLogger();
    metrics = createPlainMetrics();
    const endpoint = new Promise<void>(resolve => {
      answers = resolve;
    });
    const deps = { client: kube, clock: kube.clock, log, metrics, random: () => 0 };
    const lives = { authorityMs: 3650 * DAY_MS, servingMs: 365 * DAY_MS };
    certificates = createCertificates(
      { namespace: NAMESPACE, name: SERVICE },
      new CertificateKeeper(
        { namespace: NAMESPACE, secretName: SECRET, commonName: SERVICE, lives, ...NAMES },
        deps,
      ),
      { ...deps, endpointReady: () => endpoint },
    );
    const abort = new AbortController();
    const running = certificates.run(abort.signal);
    stop = async () => {
      abort.abort(new Error('test over'));
      await running;
      assert.equal(kube.watching, 0);
    };
  });

  afterEach(() => stop());

  const bundles = (resource = MUTATING, name = 'headstart-mutating'): string[] =>
    (kube.read(resource, name)?.webhooks ?? []).map(({ clientConfig }) =>
      Buffer.from(clientConfig.caBundle ?? '', 'base64').toString(),
    );
  const replaceSecret = async (set: CertificateSet): Promise<void> => {
    const { data } = secretOf(set);
    const name = { namespace: NAMESPACE, name: SECRET };
    await kube.patch(SECRETS, name, { type: 'merge', body: { data } });
  };

  it('has a certificate once it is ready, and says so when asked before', async () => {
    assert.throws(
      () => certificates.current(),
      error => hasCode(error, 'CERT_INVALID'),
    );
    await certificates.ready();
    assert.deepEqual(certificates.current(), {
      ...first.serving,
      caPem: first.authority.certPem,
      issuerPem: first.authority.certPem.trim(),
    });
  });

  it('waits for a certificate no longer than the signal allows', async () => {
    await assert.rejects(certificates.ready(AbortSignal.abort(new Error('stopped'))), /stopped/);
  });

  it('arms both configurations when the endpoint answers, and not before', async () => {
    kube.seed(MUTATING, configuration('headstart-mutating'));
    kube.seed(VALIDATING, configuration('headstart-validating'));
    await kube.clock.advance(60_000);
    assert.deepEqual(bundles(), ['', '']);
    answers();
    await settle();
    const { caPem } = certificates.current();
    assert.deepEqual(bundles(), [caPem, caPem]);
    assert.deepEqual(bundles(VALIDATING, 'headstart-validating'), [caPem, caPem]);
  });

  it('changes nothing else of them, and no other configuration', async () => {
    kube.seed(MUTATING, configuration('headstart-mutating'));
    kube.seed(MUTATING, configuration('kruise-mutating-webhook-configuration'));
    answers();
    await kube.clock.advance(1000);
    assert.deepEqual(bundles(MUTATING, 'kruise-mutating-webhook-configuration'), ['', '']);
    const { webhooks = [], metadata } =
      kube.read(MUTATING, 'headstart-mutating') ?? configuration('');
    assert.deepEqual(metadata.labels, { keep: 'me' });
    const { caPem } = certificates.current();
    const caBundle = Buffer.from(caPem).toString('base64');
    const expected = configuration('').webhooks?.map(({ clientConfig, ...rest }) => ({
      ...rest,
      clientConfig: { ...clientConfig, caBundle },
    }));
    assert.deepEqual(webhooks, expected);
    assert.ok(kube.writes.every(({ name }) => name === 'headstart-mutating'));
  });

  it('arms a configuration that is applied later, at once', async () => {
    answers();
    await kube.clock.advance(60_000);
    kube.seed(MUTATING, configuration('headstart-mutating'));
    await settle();
    assert.equal(bundles()[0], first.authority.certPem);
  });

  it('sets the bundle again when somebody clears it', async () => {
    kube.seed(MUTATING, configuration('headstart-mutating'));
    answers();
    await kube.clock.advance(1000);
    const body = { webhooks: configuration('').webhooks };
    await kube.patch(MUTATING, { name: 'headstart-mutating' }, { type: 'merge', body });
    await settle();
    assert.equal(bundles()[0], first.authority.certPem);
  });

  it('tries again after an error', async () => {
    let failures = 0;
    kube.before = ({ verb, name }) => {
      if (verb === 'patch' && name === 'headstart-mutating' && failures++ < 1) {
        throw new Error('connection reset');
      }
    };
    kube.seed(MUTATING, configuration('headstart-mutating'));
    answers();
    await kube.clock.advance(120_000);
    assert.equal(failures, 2);
    assert.equal(bundles()[0], first.authority.certPem);
    assert.equal(log.at('error').length, 1);
  });

  it('looks again when somebody writes at the same moment, and keeps what they wrote', async () => {
    const name = 'headstart-mutating';
    let written = false;
    kube.before = async ({ verb, resource }) => {
      if (verb !== 'patch' || resource !== MUTATING.plural || written) return;
      written = true;
      const body = { webhooks: [webhook('new.one.first'), webhook('a.b.c')] };
      await kube.patch(MUTATING, { name }, { type: 'merge', body });
    };
    kube.seed(MUTATING, configuration(name));
    answers();
    await kube.clock.advance(1000);
    assert.equal(kube.read(MUTATING, name)?.webhooks?.[0]?.name, 'new.one.first');
    assert.deepEqual(bundles(), [first.authority.certPem, first.authority.certPem]);
    assert.deepEqual(log.at('error'), []);
  });

  it('takes over what another replica wrote: trusts it everywhere within 10 s, and serves it 30 s after that', async () => {
    kube.seed(MUTATING, configuration('headstart-mutating'));
    answers();
    await certificates.ready();
    await settle();
    const seen: string[] = [];
    const forget = certificates.onChange(() => seen.push(certificates.current().certPem));
    await replaceSecret(second);
    await kube.clock.advance(10_000);
    assert.equal(bundles()[0], second.authority.certPem);
    assert.match(certificates.distrust() ?? '', /does not trust the certificate yet/);
    await kube.clock.advance(29_000);
    assert.deepEqual(seen, []);
    await kube.clock.advance(11_000);
    assert.deepEqual(seen, [second.serving.certPem]);
    assert.equal(certificates.distrust(), undefined);
    await kube.clock.advance(60_000);
    assert.equal(seen.length, 1);
    forget();
    await replaceSecret(first);
    await kube.clock.advance(60_000);
    assert.equal(seen.length, 1);
    assert.equal(certificates.current().certPem, first.serving.certPem);
  });

  it('does not undo what another replica has just written and this one has not read yet', async () => {
    kube.seed(MUTATING, configuration('headstart-mutating'));
    answers();
    await certificates.ready();
    await settle();
    await replaceSecret(second);
    const body = armedWith(second.authority.certPem);
    await kube.patch(MUTATING, { name: 'headstart-mutating' }, { type: 'merge', body });
    await settle();
    assert.deepEqual(bundles(), [second.authority.certPem, second.authority.certPem]);
  });

  it('answers an actor that rewrites a configuration all the time ever later, and never gives up', async () => {
    const name = 'headstart-mutating';
    kube.seed(MUTATING, configuration(name));
    answers();
    let rewrites = 0;
    kube.seed(VALIDATING, configuration('headstart-validating'));
    for (let second = 0; second < 120; second++) {
      await kube.clock.advance(1000);
      if (bundles()[0] === '') continue;
      rewrites++;
      await kube.patch(MUTATING, { name }, { type: 'merge', body: configuration(name) });
    }
    assert.ok(rewrites > 10 && rewrites < 40, String(rewrites));
    await kube.clock.advance(10_000);
    assert.equal(bundles()[0], first.authority.certPem);
  });

  it('takes the bundles away when it is told to, and nothing else', async () => {
    const foreign = { name: 'x.y.z', clientConfig: { url: 'https://else', caBundle: 'YQ==' } };
    kube.seed(MUTATING, configuration('headstart-mutating'));
    kube.seed(MUTATING, { metadata: { name: 'other' }, webhooks: [foreign] });
    answers();
    await certificates.ready();
    await settle();
    assert.notDeepEqual(bundles(), ['', '']);
    await stop();
    await certificates.disarm(new AbortController().signal);
    assert.deepEqual(bundles(), ['', '']);
    assert.deepEqual(kube.read(MUTATING, 'other')?.webhooks, [foreign]);
    stop = () => Promise.resolve();
  });

  it('does not let a listener that throws keep the others from a new certificate', async () => {
    await certificates.ready();
    let told = 0;
    certificates.onChange(() => {
      throw new Error('cannot load');
    });
    certificates.onChange(() => told++);
    await replaceSecret(second);
    await kube.clock.advance(10_000);
    assert.equal(told, 1, 'nothing is armed, so nobody has to be waited for');
    assert.equal(log.at('error')[0]?.message, 'Listener for a new certificate failed');
  });

  it('says in a metric when the certificate ends', async () => {
    await certificates.ready();
    const end = (kube.clock.now() + 3000 * DAY_MS) / 1000;
    assert.match(
      await metrics.exposition(),
      new RegExp(`headstart_webhook_certificate_expiry_timestamp_seconds ${end}\n`),
    );
  });
});
