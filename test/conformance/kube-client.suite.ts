import type { KubeClient } from '../../kube/kube-client.ts';
import { readSuite } from './kube-client/reads.ts';
import { schemaSuite } from './kube-client/schemas.ts';
import { watchSuite } from './kube-client/watches.ts';
import { writeSuite } from './kube-client/writes.ts';

/** An API server to test against. Our CRDs are installed, no webhook and no controller runs. */
export interface KubeClientHarness extends AsyncDisposable {
  readonly client: KubeClient;
  /** An existing namespace. */
  readonly namespace: string;
  /** Lets this much time pass for the API server. */
  readonly pass: (ms: number) => Promise<void>;
  /** A resourceVersion that is too old to watch from. */
  readonly forgottenVersion: () => Promise<string>;
}

/** Gives the harness of the running suite. */
export type Harness = () => KubeClientHarness;

export interface KubeClientSuiteOptions {
  /** What is tested, for the title. */
  readonly name: string;
  /** Whether objects are checked against the schemas of their kinds. */
  readonly hasSchemas: boolean;
  readonly open: () => Promise<KubeClientHarness>;
}

/** Registers the tests that every pair of KubeClient and API server must pass. */
export function kubeClientSuite({ name, hasSchemas, open }: KubeClientSuiteOptions): void {
  describe(`KubeClient on ${name}`, () => {
    let harness: KubeClientHarness;
    before(async () => {
      harness = await open();
    });
    after(() => harness[Symbol.asyncDispose]());

    readSuite(() => harness);
    writeSuite(() => harness);
    if (hasSchemas) schemaSuite(() => harness);
    watchSuite(() => harness);
  });
}
