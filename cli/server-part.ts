import { aborted } from '../runtime/abort.ts';
import type { Runnable } from '../runtime/lifecycle.ts';

/** A server as a part of a process: later parts start when its port is open; it drains when it is stopped. */
export function serverPart(
  name: string,
  server: { start(): Promise<void>; stop(): Promise<void> },
): Runnable {
  let open = (): void => {};
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  return {
    name,
    started: () => opened,
    run: async signal => {
      await server.start();
      open();
      try {
        await aborted(signal);
      } finally {
        await server.stop();
      }
    },
  };
}
