/**
 * Manifests as documents about image predownloading print them: to show what can be written, they set alternatives side by side. Nobody
 * should get a job on nodes they did not mean, so each is denied; manifests/samples has one sample for each alternative.
 */
export interface DocumentAsWritten {
  /** Completes "denies …". */
  readonly title: string;
  readonly manifest: string;
  /** What kubectl shows of the API server's answer when no webhook runs. */
  readonly says: RegExp;
}

const REST = `
  completionPolicy:
    type: Always
    activeDeadlineSeconds: 1200
    ttlSecondsAfterFinished: 300
  pullPolicy:
    backoffLimit: 3
    timeoutSeconds: 300
`;

const NAMES_AND_LABELS = `
  selector: # names or labels (only one of them can be set)
    names:
    - node-1
    - node-2
    matchLabels:
      node-type: xxx`;

/** The documents. */
export const DOCUMENTS_AS_WRITTEN: readonly DocumentAsWritten[] = [
  {
    title: 'the first announcement, with node names and labels',
    manifest: `
apiVersion: apps.kruise.io/v1alpha1
kind: ImagePullJob
metadata:
  name: job-nginx
spec:
  image: nginx:1.9.1
  parallelism: 10${NAMES_AND_LABELS}${REST}`,
    says: /"job-nginx" is invalid: spec\.selector\.names: Forbidden: set names, or matchLabels/,
  },
  {
    title: 'the reference of ImagePullJob with its podSelector no longer commented out',
    manifest: `
apiVersion: apps.kruise.io/v1alpha1
kind: ImagePullJob
metadata:
  name: job-with-always
spec:
  image: nginx:1.9.1
  parallelism: 10
  selector:
    names:
    - node-1
    - node-2
  podSelector:
    matchLabels:
      pod-label: xxx
    matchExpressions:
    - key: pod-label
      operator: In
      values:
      - xxx${REST}`,
    says: /"job-with-always" is invalid: spec\.podSelector: Forbidden: set selector or podSelector/,
  },
  {
    title: 'the reference of ImageListPullJob, with names and labels and an ellipsis as image',
    manifest: `
apiVersion: apps.kruise.io/v1alpha1
kind: ImageListPullJob
metadata:
  name: job-with-always
spec:
  images:
  - nginx:1.9.1
  - busybox:1.29.2
  - ...
  parallelism: 10${NAMES_AND_LABELS}${REST}`,
    says: /(?=[^]*spec\.images\[2\]: .*"\.\.\." is not an image)(?=[^]*spec\.selector\.names: Forbidden)/,
  },
  {
    title: 'both values of imagePullPolicy at once',
    manifest: `
apiVersion: apps.kruise.io/v1alpha1
kind: ImagePullJob
metadata:
  name: pull-policy
spec:
  image: nginx:1.9.1
  imagePullPolicy: Always | IfNotPresent
`,
    says: /spec\.imagePullPolicy: Unsupported value: "Always \| IfNotPresent": supported values: "Always", "IfNotPresent"/,
  },
  {
    title: 'the template of a CI pipeline, its placeholders in place and names without selector',
    manifest: `
apiVersion: apps.kruise.io/v1alpha1
kind: ImagePullJob
metadata:
  name: APP_NAME
spec:
  image: APP_IMAGE
  parallelism: 10
  names:
  - node-1
  - node-2
  matchLabels:
    node-type: xxx${REST}`,
    says: /unknown field "spec\.matchLabels", unknown field "spec\.names"/,
  },
];
