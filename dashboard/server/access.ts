import type { IncomingMessage } from 'node:http';

/** Whether a request may see the data, and if not, why. */
export type Verdict =
  | { readonly kind: 'granted' }
  /** Nobody knows who asks. */
  | { readonly kind: 'unauthenticated'; readonly message: string }
  | { readonly kind: 'forbidden'; readonly message: string }
  /** It cannot be told now. */
  | { readonly kind: 'unknown'; readonly message: string };

/** Decides who may see the data of the cluster. */
export type Access = (request: IncomingMessage) => Promise<Verdict>;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * For a server that listens on loopback: whoever gets there has been let in by the API server (`kubectl port-forward`). The name in
 * the address bar has to be loopback, too: else a page of somebody else, whose name was made to point here, could read the answers.
 */
export const loopbackAccess: Access = ({ headers: { host = '' } }) =>
  Promise.resolve(
    LOOPBACK.has(host.replace(/:\d+$/, '').toLowerCase())
      ? { kind: 'granted' }
      : { kind: 'forbidden', message: 'open the dashboard as localhost or 127.0.0.1' },
  );
