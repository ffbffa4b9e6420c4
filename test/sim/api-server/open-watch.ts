import { request } from 'node:https';
import type { Metadata } from '../../../sim/api-server/objects/api-object.ts';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';

/** A line of a watch stream. */
export interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly metadata: Metadata;
    readonly columnDefinitions?: readonly unknown[] | null;
  };
}

/** A watch under way. Disposing it hangs up. */
export interface OpenWatch extends AsyncDisposable {
  readonly events: readonly WatchLine[];
  /** The events as `TYPE name`. */
  readonly told: readonly string[];
  /** Settles when the server has ended the stream. */
  readonly ended: Promise<void>;
}

/** Opens a watch and returns once the server has answered. */
export function openWatch(
  server: Pick<ApiServer, 'url' | 'caPem'>,
  path: string,
  accept = 'application/json',
): Promise<OpenWatch> {
  const events: WatchLine[] = [];
  return new Promise((resolve, reject) => {
    const options = { ca: server.caPem, agent: false, headers: { Accept: accept } };
    const outgoing = request(`${server.url}${path}`, options, response => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) events.push(JSON.parse(line) as WatchLine);
      });
      const ended = new Promise<void>(done => {
        response.once('close', done);
        // Hanging up is one way to end.
        response.once('error', () => done());
      });
      resolve({
        events,
        ended,
        get told() {
          return events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`);
        },
        [Symbol.asyncDispose]: async () => {
          outgoing.destroy();
          await ended;
        },
      });
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}
