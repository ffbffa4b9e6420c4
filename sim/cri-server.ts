import { rm } from 'node:fs/promises';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ContentService } from '../daemon/containerd/content.gen.ts';
import { LeasesService } from '../daemon/containerd/leases.gen.ts';
import { ImageServiceService, RuntimeServiceService } from '../daemon/cri/cri.gen.ts';
import type { Clock } from '../runtime/clock.ts';
import { contentService, leasesService } from './containerd-services.ts';
import { imageService, runtimeService } from './cri-services.ts';
import { SimulatedRuntime, type SimulatedRuntimeDeps } from './simulated-runtime.ts';
import type { CriCall, CriFault } from './unary-handler.ts';

export interface CriServerDeps extends SimulatedRuntimeDeps {
  readonly clock: Clock;
}

export interface CriServerOptions {
  /** Shorter than 108 bytes. */
  readonly socketPath: string;
  /** False: nothing but CRI, as CRI-O. Default true: containerd's leases and content, too. */
  readonly isContainerd?: boolean;
}

/** Starts a simulated container runtime that speaks CRI v1. */
export async function startCriServer(
  options: CriServerOptions,
  deps: CriServerDeps,
): Promise<CriServer> {
  const server = new CriServer(options, deps);
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
  readonly #isContainerd: boolean;
  readonly #clock: Clock;
  readonly #connections = new Set<Socket>();
  #listener: NetServer | undefined;
  #grpc: Server | undefined;

  constructor({ socketPath, isContainerd = true }: CriServerOptions, deps: CriServerDeps) {
    this.socketPath = socketPath;
    this.#isContainerd = isContainerd;
    this.runtime = new SimulatedRuntime(deps);
    this.#clock = deps.clock;
  }

  /** Listens, also again after it was stopped. */
  async start(): Promise<void> {
    const deps = { clock: this.#clock, faultOf: (call: CriCall) => this.faultOf(call) };
    const grpc = new Server();
    grpc.addService(RuntimeServiceService, runtimeService(deps));
    grpc.addService(ImageServiceService, imageService(this.runtime, deps));
    if (this.#isContainerd) {
      grpc.addService(LeasesService, leasesService(this.runtime, deps));
      grpc.addService(ContentService, contentService(this.runtime, deps));
    }
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    // Connections of our own can be cut as by a process that dies; gRPC's shutdown would cancel the calls politely.
    const listener = createServer(connection => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
      injector.injectConnection(connection);
    });
    this.#grpc = grpc;
    this.#listener = listener;
    await rm(this.socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.socketPath, resolve);
    });
  }

  /** Dies: cuts all connections and removes the socket. */
  async stop(): Promise<void> {
    const closed = new Promise(resolve => this.#listener?.close(resolve) ?? resolve(undefined));
    for (const connection of this.#connections) connection.destroy();
    await closed;
    this.#grpc?.forceShutdown();
    this.#grpc = undefined;
    this.#listener = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
