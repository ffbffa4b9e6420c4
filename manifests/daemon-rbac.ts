import {
  DAEMON_NAMESPACE,
  DAEMON_SECRETS_NAMESPACE,
  DAEMON_SERVICE_ACCOUNT,
  GROUP,
} from '../api/names.ts';
import type { Manifest } from './manifest.ts';
import { type Account, type Grant, grant, serviceAccount } from './rbac.ts';

const ACCOUNT: Account = {
  component: 'daemon',
  namespace: DAEMON_NAMESPACE,
  name: DAEMON_SERVICE_ACCOUNT,
};

const GRANTS: readonly Grant[] = [
  {
    name: 'headstart-daemon',
    why: 'Reads what its node should have and reports what became of it.',
    rules: [
      { apiGroups: [GROUP], resources: ['nodeimages'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [GROUP], resources: ['nodeimages/status'], verbs: ['patch'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    ],
  },
  {
    name: 'headstart-pull-secret-user',
    namespace: DAEMON_SECRETS_NAMESPACE,
    why: 'Reads the copies of pull secrets that its NodeImage names. RBAC cannot tell daemons apart: each of them can read every copy.',
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  },
];

/** The daemon's ServiceAccount and what it may do. */
export function daemonRbac(): readonly Manifest[] {
  return [serviceAccount(ACCOUNT), ...GRANTS.flatMap(rights => grant(ACCOUNT, rights))];
}
