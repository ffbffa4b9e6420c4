import { until } from '../until.ts';
import type { ManagerProcess } from './manager-process.ts';

/** The one that leads, when there is one. */
export function leaderOf(...managers: readonly ManagerProcess[]): Promise<ManagerProcess> {
  const find = async (): Promise<ManagerProcess | undefined> => {
    const leads = await Promise.all(managers.map(manager => manager.isLeader()));
    return managers.find((_, index) => leads[index]);
  };
  return until(find, { what: 'a leader' });
}
