/** The model that both runs of the demo share. Sizes are decimal. */
export interface Scenario {
  readonly nodes: number;
  readonly replicas: number;
  readonly imageMegabytes: number;
  /** Each node's link. */
  readonly nodeMegabitsPerSecond: number;
  /** What all nodes together get from the registry. */
  readonly registryMegabitsPerSecond: number;
  /** A container stops and starts within this, once its image is there. */
  readonly restartMs: number;
  readonly maxUnavailable: number;
  readonly parallelism: number;
}

/** A pull alone on its node takes 2.4 s, and the registry feeds ten at full speed. */
export const DEFAULT_SCENARIO: Scenario = {
  nodes: 12,
  replicas: 12,
  imageMegabytes: 60,
  nodeMegabitsPerSecond: 200,
  registryMegabitsPerSecond: 2000,
  restartMs: 1000,
  maxUnavailable: 2,
  parallelism: 5,
};

export const REPOSITORY = 'registry.demo/shop/web';
export const OLD_IMAGE = `${REPOSITORY}:v1`;
export const NEW_IMAGE = `${REPOSITORY}:v2`;

/** Bytes per second of a link of so many Mbit/s. */
export function bytesPerSecond(megabits: number): number {
  return (megabits * 1_000_000) / 8;
}

/** The CloneSet of the demo. */
export function demoCloneSet(scenario: Scenario, predownload: boolean) {
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'CloneSet',
    metadata: {
      name: 'web',
      namespace: 'default',
      annotations: {
        'apps.kruise.io/image-predownload-parallelism': String(scenario.parallelism),
        'headstart/predownload': predownload ? 'auto' : 'never',
      },
    },
    spec: {
      replicas: scenario.replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: OLD_IMAGE }] },
      },
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          podUpdatePolicy: 'InPlaceIfPossible',
          maxUnavailable: scenario.maxUnavailable,
        },
      },
    },
  };
}
