import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SYSTEM_NAMESPACE, WEBHOOK_CERTIFICATES_SECRET, WEBHOOK_SERVICE } from '../api/names.ts';
import { SECRETS } from '../api/resources.ts';
import type { LoadOptions, LoadOutcome } from './https-load.ts';
import type { World } from './world.ts';

/** Loads servers that all have the certificate of the manager, each from a process of its own. */
export interface Loader {
  load(
    to: Pick<LoadOptions, 'port' | 'path' | 'connections'> & { readonly body: object },
  ): Promise<LoadOutcome>;
  /** Port of a bare server of Node with the same certificate. */
  readonly barePort: number;
}

const WARM_UP_MS = 1_000;
const MEASURE_MS = 4_000;

/** Starts the bare server; everything ends with `world`. */
export async function startLoader(world: World): Promise<Loader> {
  const { folder } = world.controlPlane;
  const file = (name: string): string => join(folder, `bench-${name}`);
  const secret = await world.connection.client.get(SECRETS, {
    namespace: SYSTEM_NAMESPACE,
    name: WEBHOOK_CERTIFICATES_SECRET,
  });
  for (const key of ['ca.crt', 'tls.crt', 'tls.key']) {
    const text = Buffer.from(secret?.data?.[key] ?? '', 'base64');
    await writeFile(file(key), text, { mode: 0o600 });
  }
  const bare = start('bare-https.ts', [file('tls.crt'), file('tls.key')]);
  world.defer('bare server', () => bare.kill());
  const [barePort] = (await once(bare, 'message')) as [number];
  return {
    barePort,
    load: async ({ body, ...to }) => {
      await writeFile(file('body.json'), JSON.stringify(body));
      const options: LoadOptions = {
        ...to,
        servername: `${WEBHOOK_SERVICE}.${SYSTEM_NAMESPACE}.svc`,
        caFile: file('ca.crt'),
        bodyFile: file('body.json'),
        warmUpMs: WARM_UP_MS,
        measureMs: MEASURE_MS,
      };
      const child = start('https-load.ts', [JSON.stringify(options)]);
      const [[outcome]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
      return outcome as LoadOutcome;
    },
  };
}

const start = (program: string, args: readonly string[]) =>
  fork(join(import.meta.dirname, program), args, { execArgv: ['--import', 'tsx'] });
