import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueServingCertificate } from '../../../certs/issue.ts';
import { asObject, type JsonObject } from '../../../sim/api-server/objects/json.ts';
import { testCertificates } from '../../support/test-certificates.ts';

/** `request` of an AdmissionReview. */
export interface ReviewedRequest extends JsonObject {
  readonly uid: string;
  readonly operation: string;
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
}

/** What a test webhook answers: a response without its uid, or the raw text of the body. */
export type HookAnswer = object | { readonly raw: string; readonly status?: number } | undefined;

/** A webhook server for tests, known as the Service `default/hooks`. */
export interface HookServer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  /** Base64, for `clientConfig`. */
  readonly caBundle: string;
  /** Everything that was asked, in order, with the path it was asked at. */
  readonly asked: readonly { readonly path: string; readonly request: ReviewedRequest }[];
}

let certificate: ReturnType<typeof issueServingCertificate> | undefined;

/** The certificate of the Service, made once. */
async function hookCertificate(): ReturnType<typeof issueServingCertificate> {
  const { authority } = await testCertificates();
  const period = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  certificate ??= issueServingCertificate(authority, {
    ...period,
    commonName: 'hooks',
    dnsNames: ['hooks.default.svc'],
    ipAddresses: ['127.0.0.1'],
  });
  return certificate;
}

/** Keys take seconds on a busy machine, which is no fault of the test that happens to be first. */
before(async function makeHookCertificate() {
  this.timeout(60_000);
  await hookCertificate();
});

/** Starts a server that answers reviews at each path by its function; undefined leaves the caller waiting. */
export async function startHookServer(
  answers: Readonly<Record<string, (request: ReviewedRequest) => HookAnswer>>,
): Promise<HookServer> {
  const { authority } = await testCertificates();
  const { certPem: cert, keyPem: key } = await hookCertificate();
  const asked: { path: string; request: ReviewedRequest }[] = [];
  const server = createServer({ cert, key }, (incoming, response) => {
    void readReview(incoming).then(request => {
      const path = (incoming.url ?? '').split('?')[0] ?? '';
      asked.push({ path, request });
      const answer = answers[path]?.(request);
      if (answer === undefined) return;
      if ('raw' in answer) response.writeHead(answer.status ?? 200).end(answer.raw);
      else response.end(review({ uid: request.uid, allowed: true, ...answer }));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    caBundle: Buffer.from(authority.certPem).toString('base64'),
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readReview(incoming: IncomingMessage): Promise<ReviewedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return asObject(JSON.parse(Buffer.concat(chunks).toString()))['request'] as ReviewedRequest;
}

function review(response: object): string {
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

/** A response that patches. */
export function patching(...operations: readonly object[]): object {
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { patchType: 'JSONPatch', patch };
}

/** A webhook configuration of one webhook for Widgets at `path`, changed by `changes`. */
export function configuration(
  hooks: HookServer,
  kind: 'Mutating' | 'Validating',
  path: string,
  changes: object = {},
): {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly object[];
} {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: `${kind.toLowerCase()}-${path.slice(1)}` },
    webhooks: [
      {
        name: `${path.slice(1)}.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 5,
        clientConfig: {
          service: { namespace: 'default', name: 'hooks', path },
          caBundle: hooks.caBundle,
        },
        rules: [
          {
            apiGroups: ['example.com'],
            apiVersions: ['v1'],
            resources: ['widgets', 'widgets/*'],
            operations: ['*'],
          },
        ],
        ...changes,
      },
    ],
  };
}
