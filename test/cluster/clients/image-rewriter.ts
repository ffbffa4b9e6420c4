import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ControlPlane } from '../control-plane.ts';

interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } };
      };
    };
  };
}

/** A mutating webhook of somebody else's that leads every image of CloneSets to a mirror, as many clusters have one. Called after ours. */
export async function startImageRewriter(
  controlPlane: ControlPlane,
  mirror: string,
): Promise<AsyncDisposable> {
  const { certificate, key } = await controlPlane.pki.issue({
    name: 'image-rewriter',
    subject: '/CN=image-rewriter',
    usage: 'serverAuth',
    altNames: 'IP:127.0.0.1',
  });
  const tls = { cert: await readFile(certificate), key: await readFile(key) };
  const server = createServer(tls, (request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(rewritten(JSON.parse(text) as Review, mirror)));
    });
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(controlPlane.caPem).toString('base64');
  await controlPlane.apply(configuration(`https://127.0.0.1:${port}/`, caBundle));
  return {
    [Symbol.asyncDispose]: async () => {
      await controlPlane.mustKubectl(['delete', 'mutatingwebhookconfiguration', NAME]);
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}

/** Configurations are called in the order of their names. */
const NAME = 'z-image-rewriter';

function configuration(url: string, caBundle: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: NAME },
    webhooks: [
      {
        name: 'images.example.com',
        clientConfig: { url, caBundle },
        rules: [
          {
            apiGroups: ['apps.kruise.io'],
            apiVersions: ['*'],
            resources: ['clonesets'],
            operations: ['CREATE', 'UPDATE'],
          },
        ],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        reinvocationPolicy: 'IfNeeded',
      },
    ],
  };
}

function rewritten({ request }: Review, mirror: string): object {
  const { containers } = request.object.spec.template.spec;
  const patch = containers.flatMap(({ image }, i) =>
    image.startsWith(mirror)
      ? []
      : [
          {
            op: 'replace',
            path: `/spec/template/spec/containers/${i}/image`,
            value: `${mirror}${image}`,
          },
        ],
  );
  const changes =
    patch.length === 0
      ? {}
      : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, allowed: true, ...changes },
  };
}
