import { Agent, request as httpsRequest } from 'node:https';
import type { Clock } from '../../../runtime/clock.ts';
import { withDeadline } from '../../../runtime/deadline.ts';
import { HeadstartError } from '../../../runtime/errors.ts';
import type { Webhook, WebhookTarget } from './webhook.ts';

/** Finds where a Service listens: `namespace/name` → `host:port`. */
export type ServiceResolver = (service: string, port: number) => string | undefined;

/** Sends reviews to webhooks over TLS. */
export interface WebhookClient {
  /** The answer's JSON. Rejects with what went wrong, in kube-apiserver's words. */
  post(webhook: Webhook, review: object, signal: AbortSignal): Promise<unknown>;
  /** Closes idle connections. */
  close(): void;
}

/** How to reach a webhook. */
interface Destination {
  /** As errors show it: with the port, also when it is the standard one. */
  readonly text: string;
  readonly url: URL;
  readonly host: string;
  readonly port: string;
  readonly servername: string;
}

/** Makes a client that keeps connections open, one pool for each CA and server name. */
export function createWebhookClient(deps: {
  readonly resolve: ServiceResolver;
  readonly clock: Clock;
}): WebhookClient {
  const agent = new Agent({ keepAlive: true });
  return {
    post: async (webhook, review, signal) => {
      const destination = destinationOf(webhook, deps.resolve);
      using deadline = withDeadline(signal, webhook.timeoutSeconds * 1000, deps.clock);
      try {
        const answer = await send({ agent, webhook, destination, signal: deadline.signal }, review);
        return parseAnswer(answer);
      } catch (error) {
        throw deadline.expired
          ? callFailed(`Post "${destination.text}": context deadline exceeded`)
          : error;
      }
    },
    close: () => agent.destroy(),
  };
}

function destinationOf({ target, timeoutSeconds }: Webhook, resolve: ServiceResolver): Destination {
  const text = `${urlOf(target)}?timeout=${timeoutSeconds}s`;
  const url = new URL(text);
  const servername = url.hostname;
  if (target.kind === 'url') {
    return { text, url, host: url.hostname, port: url.port || '443', servername };
  }
  const address = resolve(`${target.namespace}/${target.name}`, target.port);
  if (address === undefined) throw callFailed(`service "${target.name}" not found`);
  const colon = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, colon), address.slice(colon + 1)];
  return { text, url, host, port, servername };
}

function urlOf(target: WebhookTarget): string {
  if (target.kind === 'url') return target.url;
  return `https://${target.name}.${target.namespace}.svc:${target.port}${target.path}`;
}

interface Call {
  readonly agent: Agent;
  readonly webhook: Webhook;
  readonly destination: Destination;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send({ agent, webhook, destination, signal }: Call, review: object): Promise<Answer> {
  const { text, url, host, port, servername } = destination;
  const payload = JSON.stringify(review);
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(callFailed(`Post "${text}": ${error.message}`, error));
    const outgoing = httpsRequest(
      {
        agent,
        host,
        port,
        // A host name in a certificate never matches an address, and TLS has no server name for addresses.
        ...(/^[\d.:[\]]+$/.test(servername) ? {} : { servername }),
        ...(webhook.caPem === undefined ? {} : { ca: webhook.caPem }),
        method: 'POST',
        path: url.pathname + url.search,
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, */*',
          'Content-Length': Buffer.byteLength(payload),
          'User-Agent': 'kube-apiserver-admission',
          Host: url.host,
        },
        signal,
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', fail);
    outgoing.end(payload);
  });
}

function parseAnswer({ status, text }: Answer): unknown {
  if (status < 200 || status > 206) {
    const quoted = JSON.stringify(text.slice(0, 2048));
    throw callFailed(
      `an error on the server (${quoted}) has prevented the request from succeeding`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw callFailed(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

function callFailed(detail: string, cause?: unknown): HeadstartError {
  return new HeadstartError('KUBE_REQUEST_FAILED', `failed to call webhook: ${detail}`, { cause });
}
