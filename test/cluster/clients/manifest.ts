import { ANNOTATION_IMAGE_CHANGE } from '../../../api/names.ts';

/** What a user keeps in a file. */
export interface WorkloadManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** A mark as somebody finds it in a file that he once made from `kubectl get -o yaml`. */
const OLD_MARK = JSON.stringify({ web: { from: 'web:from-long-ago', to: 'web:long-ago' } });

/** A CloneSet that runs `image`. */
export function cloneSetManifest(
  name: string,
  image: string,
  withOldMark = false,
): WorkloadManifest {
  const labels = { app: name };
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'CloneSet',
    metadata: {
      name,
      ...(withOldMark ? { annotations: { [ANNOTATION_IMAGE_CHANGE]: OLD_MARK } } : {}),
    },
    spec: {
      replicas: 5,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
    },
  };
}
