import { rm } from 'node:fs/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ImageServiceService, RuntimeServiceService } from '../daemon/cri/cri.gen.ts';
import type { Clock } from '../runtime/clock.ts';
import { imageService, runtimeService } from './cri-services.ts';
import { SimulatedRuntime, type SimulatedRuntimeDeps } from './simulated-runtime.ts';
import type { CriCall, CriFault } from './unary-handler.ts';

export interface CriServerDeps extends SimulatedRuntimeDeps {
  readonly clock: Clock;
}

/** Starts a simulated container runtime that speaks CRI v1 on `socketPath`, a path shorter than 108 bytes. */
export async function startCriServer(
  options: { readonly socketPath: string },
  deps: CriServerDeps,
): Promise<CriServer> {
  const server = new CriServer(options.socketPath, deps);
  await server.start();
  return server;
}

/** A simulated container runtime behind a unix socket. */
export class CriServer implements AsyncDisposable {
  readonly socketPath: string;
  /** Its images and counters; they outlive a restart. */
  readonly runtime: SimulatedRuntime;
  /** Asked at every call; set it to break things. */
  faultOf: (call: CriCall) => CriFault | undefined = () => undefined;
  readonly #clock: Clock;
  #server: Server | undefined;

  constructor(socketPath: string, deps: CriServerDeps) {
    this.socketPath = socketPath;
    this.runtime = new SimulatedRuntime(deps);
    this.#clock = deps.clock;
  }

  /** Listens, also again after it was stopped. */
  async start(): Promise<void> {
    await rm(this.socketPath, { force: true });
    const server = new Server();
    const deps = { clock: this.#clock, faultOf: (call: CriCall) => this.faultOf(call) };
    server.addService(RuntimeServiceService, runtimeService(deps));
    server.addService(ImageServiceService, imageService(this.runtime, deps));
    await bind(server, this.socketPath);
    this.#server = server;
  }

  /** Cuts all connections and removes the socket. */
  async stop(): Promise<void> {
    this.#server?.forceShutdown();
    this.#server = undefined;
    await rm(this.socketPath, { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function bind(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), error => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}
