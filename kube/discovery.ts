import type { CallOptions, KubeClient } from './kube-client.ts';

interface GroupBody {
  readonly versions?: readonly { readonly version?: string }[];
}

interface ResourceListBody {
  readonly resources?: readonly { readonly name?: string }[];
}

/**
 * The versions in which the API server serves each resource of `group`, by plural name, in the server's order of preference. Empty when
 * the group is not there.
 */
export async function discoverVersions(
  client: KubeClient,
  group: string,
  options: CallOptions = {},
): Promise<ReadonlyMap<string, readonly string[]>> {
  const served = new Map<string, string[]>();
  const body = (await client.getPath(`/apis/${group}`, options)) as GroupBody | undefined;
  for (const { version } of body?.versions ?? []) {
    if (version === undefined) continue;
    for (const plural of await pluralsOf(client, `/apis/${group}/${version}`, options)) {
      served.set(plural, [...(served.get(plural) ?? []), version]);
    }
  }
  return served;
}

/** Names with a slash are subresources. */
async function pluralsOf(
  client: KubeClient,
  path: string,
  options: CallOptions,
): Promise<readonly string[]> {
  const body = (await client.getPath(path, options)) as ResourceListBody | undefined;
  return (body?.resources ?? []).flatMap(({ name }) =>
    name === undefined || name.includes('/') ? [] : [name],
  );
}
