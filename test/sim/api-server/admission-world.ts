import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type Answer, call } from './call.ts';
import { type HookServer, startHookServer } from './hook-server.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { startTestServer } from './test-server.ts';

/** What test webhooks answer, by path. */
export type Answers = Parameters<typeof startHookServer>[0];

type Configurations = (
  hooks: HookServer,
) => readonly { readonly metadata: { readonly name: string } }[];

/** An API server that serves Widgets, and the webhooks it asks. */
export interface AdmissionWorld extends AsyncDisposable {
  readonly hooks: HookServer;
  readonly server: ApiServer;
}

/** Of the API servers; real time goes on for sockets. */
export const clock = new FakeClock();

/** Starts webhooks and an API server that is configured for them. */
export async function admissionWorld(
  answers: Answers,
  configurations: Configurations,
): Promise<AdmissionWorld> {
  const hooks = await startHookServer(answers);
  const services = new Map([['default/hooks', hooks.address]]);
  const objects = [widgetDefinition(), ...configurations(hooks)];
  const server = await startTestServer({ objects, services }, { clock });
  return {
    hooks,
    server,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await hooks[Symbol.asyncDispose]();
    },
  };
}

/** Creates a Widget. */
export function create(server: ApiServer, body: object = widget('w'), query = ''): Promise<Answer> {
  return call(server, `POST ${WIDGETS}${query}`, { body });
}
