import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { KubeTls } from './kube-access.ts';

/** Watches hold their connection for minutes and must not take the places of requests. */
export type ConnectionKind = 'request' | 'watch';

/** Idle connections are closed well before the API server does it (90 s), so that few requests meet a closing one. */
const IDLE_TIMEOUT_MS = 45_000;

/** TCP probes start after this much silence; with ten probes a second apart a dead peer is noticed within a minute. */
export const TCP_KEEP_ALIVE_MS = 30_000;

/** The connections to one API server. New TLS material gets new connections; the old ones end when they are idle. */
export class AgentPool {
  readonly #secure: boolean;
  readonly #limits: Readonly<Record<ConnectionKind, number>>;
  readonly #agents = new Set<HttpAgent>();
  #tls: KubeTls | undefined;
  #current: Partial<Record<ConnectionKind, HttpAgent>> = {};

  constructor(server: URL, maxRequests: number) {
    this.#secure = server.protocol === 'https:';
    this.#limits = { request: maxRequests, watch: Number.POSITIVE_INFINITY };
  }

  agentFor(kind: ConnectionKind, tls: KubeTls): HttpAgent {
    if (tls !== this.#tls) {
      this.#tls = tls;
      this.#current = {};
    }
    return (this.#current[kind] ??= this.#create(kind, tls));
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
    this.#agents.clear();
    this.#current = {};
  }

  #create(kind: ConnectionKind, tls: KubeTls): HttpAgent {
    const options: AgentOptions = {
      keepAlive: true,
      keepAliveMsecs: TCP_KEEP_ALIVE_MS,
      maxSockets: this.#limits[kind],
      timeout: IDLE_TIMEOUT_MS,
    };
    const agent = this.#secure
      ? new HttpsAgent({ ...options, ...secure(tls) })
      : new HttpAgent(options);
    this.#agents.add(agent);
    return agent;
  }
}

/** One context for all connections: PEM is parsed once, and node does not build pool names out of it. */
function secure({ rejectUnauthorized, servername, ...material }: KubeTls) {
  return {
    secureContext: createSecureContext(material),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  };
}
