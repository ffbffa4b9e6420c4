/** One request to the API server. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** For the whole answer of a request; for the headers of a stream. */
  readonly deadlineMs: number;
}

/** Carries requests to one API server. Failures throw KubeError; an aborted call rejects with its signal's reason. */
export interface Transport {
  /** Sends `request` and returns the body: parsed JSON, or text when it is something else. */
  request(request: TransportRequest): Promise<unknown>;
  /** Sends `request` and returns the body as it comes. It must be read or its signal aborted. */
  stream(request: TransportRequest): Promise<AsyncIterable<Uint8Array>>;
  /** Closes the connections; running requests fail. */
  close(): void;
}
