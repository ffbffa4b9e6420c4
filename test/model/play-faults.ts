import { KubeError } from '../../kube/kube-error.ts';
import type { Step } from './steps.ts';
import type { ModelWorld } from './world.ts';

/** Lets a step befall the managers; false when it is none of theirs. */
export async function ofManagers(world: ModelWorld, step: Step): Promise<boolean> {
  const client = world.managers[0]?.client;
  switch (step.do) {
    case 'befall':
      client?.befall(step.fates);
      return true;
    case 'overload':
      client?.overload(step);
      return true;
    case 'latency':
      for (const manager of world.managers) manager.client.latencyMs = step.ms;
      return true;
    case 'fail-reads':
      if (client !== undefined) client.failingReads = step.count;
      return true;
    case 'end-watches':
      endWatches(world, step.how);
      return true;
    case 'lag':
      world.managers[step.of === 'leader' ? 0 : 1]?.client.lag(step.kind, step.ms);
      return true;
    case 'handover':
      await world.handOver();
      return true;
    case 'lose-lease':
      world.loseLease();
      return true;
    case 'kill-leader':
      world.kill(world.leader);
      return true;
    case 'kill-standby':
      world.kill(world.managers.find(manager => !manager.leads));
      return true;
    case 'heal':
      world.heal();
      return true;
    default:
      return false;
  }
}

function endWatches(
  world: ModelWorld,
  how: Extract<Step, { readonly do: 'end-watches' }>['how'],
): void {
  if (how === 'too-old') world.person.compact();
  const errors = {
    quiet: undefined,
    broken: new KubeError('connection reset', { status: 0, retryable: true }),
    'too-old': new KubeError('too old resource version', { status: 410, reason: 'Expired' }),
  };
  world.disturbedByFault();
  for (const { client } of world.managers) client.kube.endWatches(errors[how]);
}
