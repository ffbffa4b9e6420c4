import { join } from 'node:path';
import { binary } from './binaries.ts';
import { freePort } from './free-port.ts';
import { inNamespace, startBackground } from './process.ts';
import { memoryFolder } from './work-folder.ts';

/** A running etcd with an empty store. */
export interface Etcd {
  readonly url: string;
  stop(): Promise<void>;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; returns before it answers. */
  start(): void;
}

/** Starts etcd on the loopback of `namespace`, its store in memory. */
export async function startEtcd(place: {
  readonly folder: string;
  readonly namespace?: string;
}): Promise<Etcd> {
  const store = join(await memoryFolder(place.folder), 'etcd');
  const [url, peerUrl] = [
    `http://127.0.0.1:${await freePort()}`,
    `http://127.0.0.1:${await freePort()}`,
  ];
  const program = startBackground({
    name: 'etcd',
    logFile: join(place.folder, 'etcd.log'),
    command: inNamespace(place.namespace, [
      binary('etcd'),
      `--data-dir=${store}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
    ]),
  });
  return {
    url,
    stop: () => program.stop(),
    kill: () => program.kill(),
    start: () => program.start(),
  };
}
