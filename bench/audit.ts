/** Requests that change something. */
const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Tells kube-apiserver to note who wrote what, one line a write; bodies are left out, and so are heartbeats. */
export const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  omitManagedFields: true,
  rules: [
    { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    { level: 'Metadata', verbs: WRITES },
  ],
};

/** Writes by writer, then by `verb resource`. */
export type Writes = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
}

/** Counts the writes of an audit log, refused ones too. */
export function writesOf(log: string): Writes {
  const writes: Record<string, Record<string, number>> = {};
  for (const line of log.split('\n')) {
    // A line that is just being written has no end yet.
    if (!line.endsWith('}')) continue;
    const { verb, user, objectRef = {} } = JSON.parse(line) as AuditEvent;
    const writer = writerOf(user.username);
    const { resource = '', subresource } = objectRef;
    const what = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
    const ofWriter = (writes[writer] ??= {});
    ofWriter[what] = (ofWriter[what] ?? 0) + 1;
  }
  return writes;
}

/** `system:serviceaccount:ns:name` is known by its name. */
const writerOf = (username: string): string => username.slice(username.lastIndexOf(':') + 1);

/** All writes of everybody. */
export function totalOf(writes: Writes): number {
  return Object.values(writes)
    .flatMap(ofWriter => Object.values(ofWriter))
    .reduce((sum, count) => sum + count, 0);
}
