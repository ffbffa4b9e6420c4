import { MANAGER_FIELD_MANAGER } from '../../api/names.ts';
import { systemClock } from '../../runtime/clock.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { createPinoLogger } from '../../runtime/pino-logger.ts';
import { connect, readAccessOptions } from '../kube-access.ts';
import { OptionReader, type RawOptions } from '../option-reader.ts';
import { retire } from './retire.ts';

/** Runs `headstart retire` with its flags. */
export async function runRetire(raw: RawOptions, signal: AbortSignal): Promise<void> {
  const reader = new OptionReader(raw);
  const namespace = reader.requiredText('namespace', 'the namespace the managers run in');
  const access = readAccessOptions(reader);
  reader.finish();
  const log = createPinoLogger({ level: 'info', name: 'headstart-retire' });
  const as = { fieldManager: MANAGER_FIELD_MANAGER };
  using connection = await connect(access, as, { metrics: noMetrics });
  await retire(namespace, { client: connection.client, clock: systemClock, log }, signal);
}
