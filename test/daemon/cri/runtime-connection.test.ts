import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CriError } from '../../../daemon/cri/cri-error.ts';
import { createGrpcRuntime } from '../../../daemon/cri/grpc-runtime.ts';
import {
  createRuntimeConnection,
  type RuntimeConnection,
} from '../../../daemon/cri/runtime-connection.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { noMetrics } from '../../../runtime/metrics.ts';
import { type CriServer, startCriServer } from '../../../sim/cri-server.ts';
import { NetworkModel } from '../../../sim/network-model.ts';
import { RegistryModel } from '../../../sim/registry-model.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { eventually, passTimeUntil } from '../eventually.ts';

describe('RuntimeConnection', () => {
  let folder: TempFolder;
  let clock: FakeClock;
  let log: RecordingLogger;
  let servers: CriServer[];
  let stop: () => Promise<void>;
  beforeEach(async () => {
    folder = await makeTempFolder();
    clock = new FakeClock();
    log = new RecordingLogger();
    servers = [];
    stop = () => Promise.resolve();
  });
  afterEach(async () => {
    await stop();
    for (const server of servers) await server.stop();
    await folder[Symbol.asyncDispose]();
  });

  const startServer = async (name: string): Promise<CriServer> => {
    const socketPath = join(folder.path, name);
    await mkdir(dirname(socketPath), { recursive: true });
    const network = new NetworkModel({ clock: systemClock });
    const registry = new RegistryModel({ anyImageSizeBytes: 0 });
    const server = await startCriServer({ socketPath }, { clock: systemClock, network, registry });
    servers.push(server);
    return server;
  };

  const connect = (runtimeEndpoint?: string): RuntimeConnection => {
    const connection = createRuntimeConnection(
      {
        runDir: folder.path,
        checkIntervalMs: 10_000,
        ...(runtimeEndpoint === undefined ? {} : { runtimeEndpoint }),
      },
      { clock, log, metrics: noMetrics, connect: path => createGrpcRuntime(path, { clock }) },
    );
    const abort = new AbortController();
    const running = connection.run(abort.signal);
    stop = async () => {
      abort.abort();
      await running;
    };
    return connection;
  };

  const call = { signal: new AbortController().signal, deadlineMs: 5_000 };
  const pull = (connection: RuntimeConnection) =>
    connection.pullImage({ image: 'app:1', labels: {}, annotations: {} }, call);
  const isUnavailable = (error: CriError): boolean => error.reason === 'RuntimeUnavailable';
  const isThere = (connection: RuntimeConnection) =>
    eventually('a runtime', () => connection.problem === undefined);

  it('uses the first socket that answers', async () => {
    const [crio, containerd] = [
      await startServer('crio/crio.sock'),
      await startServer('containerd/containerd.sock'),
    ];
    const connection = connect();
    await isThere(connection);
    await pull(connection);
    assert.deepEqual([containerd.runtime.counters.pulls, crio.runtime.counters.pulls], [1, 0]);
  });

  it('passes over a socket that does not answer', async () => {
    const containerd = await startServer('containerd.sock');
    containerd.faultOf = () => ({ kind: 'fail', code: 12, details: 'unknown service' });
    await startServer('crio.sock');
    const connection = connect();
    await isThere(connection);
    await pull(connection);
    assert.equal(containerd.runtime.counters.pulls, 0);
  });

  it('uses only the endpoint it was given', async () => {
    await startServer('containerd.sock');
    const other = await startServer('other.sock');
    const connection = connect(`unix://${join(folder.path, 'other.sock')}`);
    await isThere(connection);
    await pull(connection);
    assert.equal(other.runtime.counters.pulls, 1);
  });

  it('refuses a malformed endpoint at once', () => {
    assert.throws(() => connect('tcp://localhost:1'), { code: 'CONFIG_INVALID' });
  });

  it('stays up without a runtime, says what is missing, and finds one that comes', async () => {
    const connection = connect();
    await eventually('a failed look', () => log.at('warn').length > 0);
    assert.equal(connection.problem, `no container runtime socket below ${folder.path}`);
    await assert.rejects(pull(connection), isUnavailable);
    const available = connection.available(call.signal);
    await startServer('containerd.sock');
    const from = clock.monotonicMs();
    await passTimeUntil(clock, 'the runtime', () => connection.problem === undefined);
    await available;
    assert.ok(clock.monotonicMs() - from <= 3_000);
  });

  it('notices a lost runtime by the call that fails, and finds it again', async () => {
    const server = await startServer('containerd.sock');
    const connection = connect();
    await isThere(connection);
    let called = false;
    server.faultOf = () => {
      called = true;
      return { kind: 'hang' };
    };
    const pulling = pull(connection);
    await eventually('the call', () => called);
    await server.stop();
    await assert.rejects(pulling, isUnavailable);
    assert.notEqual(connection.problem, undefined);
    server.faultOf = () => undefined;
    await server.start();
    await passTimeUntil(clock, 'the runtime', () => connection.problem === undefined);
    await pull(connection);
  });

  it('stays with its runtime while that is away, whatever else is there', async () => {
    const chosen = await startServer('crio.sock');
    const connection = connect();
    await isThere(connection);
    await chosen.stop();
    const other = await startServer('containerd.sock');
    await assert.rejects(pull(connection), isUnavailable);
    await clock.advance(20_000);
    assert.notEqual(connection.problem, undefined);
    assert.equal(other.runtime.counters.pulls, 0);
  });

  it('notices a runtime that hangs, and that it woke up', async () => {
    const server = await startServer('containerd.sock');
    const connection = connect();
    await isThere(connection);
    server.faultOf = () => ({ kind: 'hang' });
    await passTimeUntil(clock, 'the loss', () => connection.problem !== undefined);
    assert.match(connection.problem ?? '', /no answer within 3 s/);
    server.faultOf = () => undefined;
    await passTimeUntil(clock, 'the return', () => connection.problem === undefined);
  });

  it('says once that the runtime is away, and once that it is back', async () => {
    const connection = connect();
    await clock.advance(20_000);
    await startServer('containerd.sock');
    await passTimeUntil(clock, 'the runtime', () => connection.problem === undefined);
    await clock.advance(20_000);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      [
        'Container runtime is not available',
        'Chose the container runtime',
        'Container runtime became available',
      ],
    );
  });

  it('ends a wait for the runtime when its signal aborts', async () => {
    const connection = connect();
    const abort = new AbortController();
    const waiting = connection.available(abort.signal);
    abort.abort(new Error('no longer'));
    await assert.rejects(waiting, /no longer/);
  });
});
