import assert from 'node:assert/strict';
import type { Node } from '../../api/core.ts';
import { NODES } from '../../api/resources.ts';
import { Reflector } from '../../kube/reflector.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import type { FakeRequest } from '../support/fake-kube/fake-request.ts';
import type { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

/** A reflector of Nodes that runs until it is disposed; `seen` tells what its sink got. */
export function startReflector(
  kube: FakeKube,
  options: { consistent?: boolean; random?: number } = {},
) {
  const { consistent = false, random = 0 } = options;
  const seen: string[] = [];
  const log = new RecordingLogger();
  const metrics = createPlainMetrics();
  const sink = {
    prepare: (object: Node) => object,
    replace: (nodes: readonly Node[]) =>
      seen.push(`LIST ${nodes.map(node => node.metadata.name).join(',')}`),
    apply: (type: string, node: Node) => seen.push(`${type} ${node.metadata.name}`),
  };
  const deps = { client: kube, clock: kube.clock, log, metrics, random: () => random };
  const reflector = new Reflector({ resource: NODES, consistent }, sink, deps);
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  return {
    seen,
    log,
    metrics,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      assert.equal(kube.clock.pending, 0, 'a timer is left');
      assert.equal(kube.watching, 0, 'a watch is left');
    },
  };
}

/** The calls of one verb so far. */
export const requestsOf = (kube: FakeKube, verb: FakeRequest['verb']): FakeRequest[] =>
  kube.requests.filter(request => request.verb === verb);
