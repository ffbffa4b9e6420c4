import { DEFAULT_BACKOFF_LIMIT, DEFAULT_TIMEOUT_SECONDS } from './defaults.ts';
import { isJsonObject, type JsonObject, memberAt } from './json.ts';

/** Members to set where nothing stands yet. */
type Defaults = Readonly<Record<string, string | number>>;

/** `object` with `defaults` where it has nothing: absent, null, or '' for a text. The same object when nothing is missing. */
export function withDefaults(object: JsonObject, defaults: Defaults): JsonObject {
  const missing = Object.entries(defaults).filter(([key, value]) => {
    const present = memberAt(object, key);
    return present === undefined || (present === '' && typeof value === 'string');
  });
  return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) };
}

/** `pullPolicy` with its defaults; other JSON than an object comes back as it is. */
export function defaultPullPolicy(value: unknown): unknown {
  const policy = value ?? {};
  if (!isJsonObject(policy)) return value;
  return withDefaults(policy, {
    timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
    backoffLimit: DEFAULT_BACKOFF_LIMIT,
  });
}

/** `object` with `spec` replaced by what `change` makes of it; the same object when nothing changes or `spec` is no object. */
export function changeSpec(object: unknown, change: (spec: JsonObject) => JsonObject): unknown {
  const spec = memberAt(object, 'spec');
  if (!isJsonObject(object) || !isJsonObject(spec)) return object;
  const changed = change(spec);
  return changed === spec ? object : { ...object, spec: changed };
}

/** The defaults that ImagePullJob and ImageListPullJob share, as the peer's webhooks set them. */
export function defaultPullJobTemplate(spec: JsonObject): JsonObject {
  return withMembers(spec, {
    completionPolicy: defaultCompletionPolicy(memberAt(spec, 'completionPolicy')),
    pullPolicy: defaultPullPolicy(memberAt(spec, 'pullPolicy')),
  });
}

/** `object` with `members` set; the same object when it has them already. */
export function withMembers(object: JsonObject, members: JsonObject): JsonObject {
  const differs = Object.entries(members).some(
    ([key, value]) => memberAt(object, key) !== (value ?? undefined),
  );
  return differs ? { ...object, ...members } : object;
}

function defaultCompletionPolicy(value: unknown): unknown {
  const policy = value ?? {};
  return isJsonObject(policy) ? withDefaults(policy, { type: 'Always' }) : value;
}
