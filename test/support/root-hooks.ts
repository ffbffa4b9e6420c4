import fc from 'fast-check';
import type { RootHookObject } from 'mocha';

/** The same cases for everybody, so that a failure is met again; PROPERTY_SEED=… looks for others. */
fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_121) });

/** mocha lets an unhandled rejection pass; these hooks fail the test that leaks one. */
const leaked: unknown[] = [];
process.on('unhandledRejection', reason => leaked.push(reason));

export const mochaHooks: RootHookObject = {
  async afterEach() {
    // Rejections surface one macrotask after the promise is dropped.
    await new Promise(resolve => setImmediate(resolve));
    const [first, ...others] = leaked.splice(0);
    if (first === undefined) return;
    throw new Error(`the test leaked ${others.length + 1} unhandled rejection(s)`, {
      cause: first,
    });
  },
};
