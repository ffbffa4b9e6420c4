/** Those that kubernetes/ can build; the first is the default. The others are the oldest that Headstart supports. */
export const KUBERNETES_VERSIONS = ['1.34.4', '1.28.15'] as const;

/** Of this run: $KUBERNETES_VERSION. */
export const KUBERNETES_VERSION = chosenVersion(process.env['KUBERNETES_VERSION']);

/**
 * What older API servers lack, and the first minor that serves it without being told to. A suite about one of them runs from there on:
 * see describeWith(). `control-plane.cluster.ts` holds the server that runs to this table.
 */
export const FIRST_MINOR = {
  ValidatingAdmissionPolicy: 30,
  /** `authentication.kubernetes.io/node-name` in what admission knows of a ServiceAccount's token (KEP-4193). */
  nodeOfToken: 30,
  /** An update is not refused for what was invalid before and stays as it was (KEP-4008). */
  validationRatcheting: 30,
} as const;

export type Feature = keyof typeof FIRST_MINOR;

/** Whether the API server of this run has it. */
export function hasFeature(feature: Feature): boolean {
  return FIRST_MINOR[feature] <= minorOf(KUBERNETES_VERSION);
}

/** As describe(); on an API server that lacks the feature, its tests are reported as pending, below a title that says why. */
export function describeWith(feature: Feature, title: string, body: () => void): void {
  if (hasFeature(feature)) describe(title, body);
  else describe.skip(title + whyNot(feature), body);
}

/** As it(); on an API server that lacks the feature, the test is reported as pending, and says why. */
export function itWith(feature: Feature, title: string, body: () => Promise<void>): void {
  if (hasFeature(feature)) it(title, body);
  else it.skip(title + whyNot(feature), body);
}

function whyNot(feature: Feature): string {
  return ` (not on ${KUBERNETES_VERSION}: ${feature} came with Kubernetes 1.${FIRST_MINOR[feature]})`;
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

function chosenVersion(wanted: string | undefined): string {
  if (wanted === undefined || wanted === '') return KUBERNETES_VERSIONS[0];
  const known = KUBERNETES_VERSIONS.find(version => version === wanted);
  if (known !== undefined) return known;
  throw new Error(`KUBERNETES_VERSION=${wanted} is none of ${KUBERNETES_VERSIONS.join(', ')}`);
}
