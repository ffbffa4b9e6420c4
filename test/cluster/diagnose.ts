import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { ControlPlane } from './control-plane.ts';

/** What a person would look at after a failure: objects, Events and logs of Headstart, as one text. */
export async function diagnose(cluster: ControlPlane): Promise<string> {
  const parts: string[] = [];
  for (const args of COMMANDS) {
    const { stdout, stderr } = await cluster.kubectl(...args);
    parts.push(`$ kubectl ${args.join(' ')}\n${stdout}${stderr}`);
  }
  return parts.join('\n');
}

const COMMANDS: readonly (readonly string[])[] = [
  ['get', 'nodes,pods', '-A', '-o', 'wide'],
  ['get', 'imagepulljobs,imagelistpulljobs,nodeimages', '-A'],
  ['get', 'events', '-A', '--sort-by=.lastTimestamp'],
  ...[SYSTEM_NAMESPACE, DAEMON_NAMESPACE].flatMap(namespace => [
    ['describe', 'pods', '-n', namespace],
    ['logs', '-n', namespace, '-l', 'app.kubernetes.io/name=headstart', '--tail=100', '--prefix'],
  ]),
];

/** Prints the diagnosis after each failed test of the suite it is called in. */
export function diagnoseFailures(cluster: () => ControlPlane | undefined): void {
  afterEach(async function () {
    const failing = cluster();
    if (this.currentTest?.state === 'failed' && failing) console.error(await diagnose(failing));
  });
}
