import fc from 'fast-check';
import { REFUSALS, type RefusalName } from './admission.ts';
import { CEILINGS, type CeilingsName, HOSTS } from './ceiling-book.ts';
import { FATES, type Fate } from './model-client.ts';
import { DAEMON_MODES, type DaemonMode } from './model-daemons.ts';

/** Names the model draws from; some of them exist. */
export const NODES = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'] as const;
const JOBS = ['j0', 'j1', 'j2', 'j3'] as const;
const LISTS = ['l0', 'l1'] as const;
const PODS = ['p0', 'p1', 'p2', 'p3', 'p4'] as const;
export const IMAGES = ['alpha:1', 'alpha:2', 'beta:1', 'quay.example/gamma:1'] as const;
const SECRETS = ['key-a', 'key-b'] as const;
const KINDS = ['nodeimages', 'imagepulljobs', 'nodes', 'pods', 'configmaps'] as const;

/** The parts of a job's spec that the model varies; see `jobSpec`. */
export interface SpecDraft {
  readonly parallelism: number | string;
  readonly chooses:
    | { readonly by: 'all' }
    | { readonly by: 'names'; readonly names: readonly string[] }
    | { readonly by: 'zone'; readonly zone: string }
    | { readonly by: 'pods'; readonly app: string };
  readonly completion: 'Always' | 'Never';
  readonly deadlineSeconds?: number | undefined;
  readonly ttlSeconds?: number | undefined;
  readonly always: boolean;
}

/** One thing that happens. */
export type Step =
  | { readonly do: 'pass'; readonly ms: number }
  | {
      readonly do: 'create-job';
      readonly job: string;
      readonly image: string;
      readonly secrets: readonly string[];
      readonly spec: SpecDraft;
    }
  | { readonly do: 'edit-job'; readonly job: string; readonly spec: SpecDraft }
  | { readonly do: 'set-parallelism'; readonly job: string; readonly parallelism: number | string }
  | { readonly do: 'delete-job' | 'note-job'; readonly job: string }
  | {
      readonly do: 'create-list' | 'edit-list';
      readonly list: string;
      readonly images: readonly string[];
      readonly parallelism: number;
    }
  | { readonly do: 'delete-list'; readonly list: string }
  | { readonly do: 'join' | 'leave' | 'recreate' | 'virtual'; readonly node: string }
  | { readonly do: 'ready' | 'not-ready' | 'disk-pressure'; readonly node: string }
  | { readonly do: 'zone'; readonly node: string; readonly zone: string }
  | { readonly do: 'place-pod'; readonly pod: string; readonly app: string; readonly node: string }
  | { readonly do: 'finish-pod' | 'delete-pod'; readonly pod: string }
  | { readonly do: 'put-secret'; readonly secret: string; readonly value: number }
  | { readonly do: 'delete-secret'; readonly secret: string }
  | { readonly do: 'daemon'; readonly node: string; readonly mode: DaemonMode }
  | { readonly do: 'restart-daemon'; readonly node: string }
  | { readonly do: 'limit'; readonly host: string; readonly ms: number }
  | { readonly do: 'fill'; readonly node: string; readonly room: number }
  | { readonly do: 'empty'; readonly node: string }
  | { readonly do: 'refuse-writes'; readonly node: string; readonly how: RefusalName }
  | { readonly do: 'overload'; readonly ms: number; readonly retryAfterMs: number }
  | {
      readonly do: 'hand-write' | 'bump' | 'note-node-image';
      readonly node: string;
      readonly image: string;
    }
  | { readonly do: 'note-mirrors' | 'drop-ceilings' }
  | { readonly do: 'set-ceilings'; readonly ceilings: CeilingsName }
  | { readonly do: 'befall'; readonly fates: readonly Fate[] }
  | { readonly do: 'latency'; readonly ms: number }
  | { readonly do: 'fail-reads'; readonly count: number }
  | { readonly do: 'end-watches'; readonly how: 'quiet' | 'broken' | 'too-old' }
  | {
      readonly do: 'lag';
      readonly of: 'leader' | 'standby';
      readonly kind: string;
      readonly ms: number;
    }
  | { readonly do: 'handover' | 'lose-lease' | 'kill-leader' | 'kill-standby' | 'heal' };

const node = fc.constantFrom(...NODES);
const job = fc.constantFrom(...JOBS);
const list = fc.constantFrom(...LISTS);
const pod = fc.constantFrom(...PODS);
const image = fc.constantFrom(...IMAGES);
const secret = fc.constantFrom(...SECRETS);
const app = fc.constantFrom('web', 'db');
const zone = fc.constantFrom('a', 'b');
const parallelism = fc.constantFrom<(number | string)[]>(
  1,
  1,
  2,
  2,
  3,
  10,
  '50%',
  '1%',
  '100%',
  '2',
  0,
);

const chooses = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ by: 'all' as const }) },
  fc.record({
    by: fc.constant('names' as const),
    names: fc.uniqueArray(fc.constantFrom(...NODES, 'n9'), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ by: fc.constant('zone' as const), zone }),
  { weight: 2, arbitrary: fc.record({ by: fc.constant('pods' as const), app }) },
);

const spec: fc.Arbitrary<SpecDraft> = fc.record({
  parallelism,
  chooses,
  completion: fc.constantFrom('Always', 'Always', 'Always', 'Always', 'Never'),
  deadlineSeconds: fc.constantFrom(undefined, undefined, undefined, 20, 400),
  ttlSeconds: fc.constantFrom(undefined, undefined, undefined, 1, 400),
  always: fc.boolean(),
});

const passes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 100 }) },
  { weight: 8, arbitrary: fc.integer({ min: 100, max: 3_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 3_000, max: 60_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 900_000 }) },
);

function one<K extends Step['do'], F extends Record<string, fc.Arbitrary<unknown>>>(
  what: readonly K[],
  fields: F,
): fc.Arbitrary<Step> {
  return fc.record({ do: fc.constantFrom(...what), ...fields }) as unknown as fc.Arbitrary<Step>;
}

const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });

const retryAfterMs = fc.constantFrom(1_000, 5_000, 30_000);
const refusals = Object.keys(REFUSALS) as RefusalName[];
const ceilings = Object.keys(CEILINGS) as CeilingsName[];
const images = fc.uniqueArray(image, { minLength: 1, maxLength: 3 });

const EVENTS: readonly ReturnType<typeof weighted>[] = [
  weighted(40, one(['pass'], { ms: passes })),
  weighted(
    12,
    one(['create-job'], {
      job,
      image,
      secrets: fc.uniqueArray(secret, { maxLength: 2 }).map(some => (some.length > 1 ? some : [])),
      spec,
    }),
  ),
  weighted(2, one(['create-job'], { job, image, secrets: fc.tuple(secret), spec })),
  weighted(3, one(['edit-job'], { job, spec })),
  weighted(3, one(['set-parallelism'], { job, parallelism })),
  weighted(3, one(['delete-job', 'note-job'], { job })),
  weighted(
    5,
    one(['create-list', 'edit-list'], { list, images, parallelism: fc.constantFrom(1, 2, 2, 3) }),
  ),
  weighted(1, one(['delete-list'], { list })),
  weighted(4, one(['join', 'leave', 'recreate', 'virtual'], { node })),
  weighted(5, one(['ready', 'not-ready', 'disk-pressure'], { node })),
  weighted(1, one(['zone'], { node, zone })),
  weighted(6, one(['place-pod'], { pod, app, node })),
  weighted(3, one(['finish-pod', 'delete-pod'], { pod })),
  weighted(3, one(['put-secret'], { secret, value: fc.nat(3) })),
  weighted(1, one(['delete-secret'], { secret })),
  weighted(6, one(['daemon'], { node, mode: fc.constantFrom(...DAEMON_MODES) })),
  weighted(2, one(['restart-daemon'], { node })),
  weighted(4, one(['hand-write', 'bump', 'note-node-image'], { node, image })),
  weighted(1, one(['note-mirrors'], {})),
  weighted(1, one(['fill'], { node, room: fc.constantFrom(0, 0, 1) })),
  weighted(2, one(['empty'], { node })),
  weighted(2, one(['refuse-writes'], { node, how: fc.constantFrom(...refusals) })),
  weighted(4, one(['set-ceilings'], { ceilings: fc.constantFrom(...ceilings) })),
  weighted(1, one(['drop-ceilings'], {})),
  weighted(5, one(['limit'], { host: fc.constantFrom(...HOSTS), ms: passes })),
];

const FAULTS: typeof EVENTS = [
  weighted(2, one(['overload'], { ms: fc.integer({ min: 500, max: 90_000 }), retryAfterMs })),
  weighted(
    5,
    one(['befall'], { fates: fc.array(fc.constantFrom(...FATES), { maxLength: 6, minLength: 1 }) }),
  ),
  weighted(3, one(['latency'], { ms: fc.constantFrom(0, 0, 30, 500, 4_000) })),
  weighted(1, one(['fail-reads'], { count: fc.integer({ min: 1, max: 5 }) })),
  weighted(2, one(['end-watches'], { how: fc.constantFrom('quiet', 'broken', 'too-old') })),
  weighted(
    6,
    one(['lag'], {
      of: fc.constantFrom('leader', 'standby'),
      kind: fc.constantFrom(...KINDS),
      ms: fc.integer({ min: 50, max: 20_000 }),
    }),
  ),
  weighted(4, one(['handover', 'lose-lease', 'kill-leader', 'kill-standby'], {})),
  weighted(3, one(['heal'], {})),
];

const LENGTH = { minLength: 1, maxLength: 300, size: 'max' } as const;

/** A course of events. Some know no faults: then managers know everything at once, and more can be asked of them. */
export const stepsArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.oneof(...EVENTS, ...FAULTS), LENGTH) },
  { weight: 1, arbitrary: fc.array(fc.oneof(...EVENTS), LENGTH) },
);

/** A step as a short line. */
export function describeStep({ do: what, ...fields }: Step): string {
  const values = Object.values(fields).map(value =>
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  );
  return [what, ...values].join(' ');
}
