/** A call, as `requests` remembers it and the hooks see it. */
export interface FakeRequest {
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete' | 'watch' | 'getPath';
  /** Plural of the resource, or the path. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  /** Where a list or a watch starts. */
  readonly resourceVersion?: string | undefined;
  /** What is written. */
  readonly body?: unknown;
  readonly dryRun?: boolean | undefined;
}

/** Plays a fault. */
export type Hook = (request: FakeRequest) => void | Promise<void>;
