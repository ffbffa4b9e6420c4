/** What a run of a scenario may be told; each scenario reads what concerns it. */
export interface ScenarioOptions {
  readonly nodes: number;
  /** Nodes of one job that may pull at once. */
  readonly parallelism: number;
  /** How long a pull takes. */
  readonly pullMs: number;
  /** By which share of `pullMs` pulls differ at random: 0.2 makes pulls of 2 s take 1.6 to 2.4 s. */
  readonly jitter: number;
  /** Pods in the cluster that no job is interested in. */
  readonly pods: number;
  readonly jobs: number;
  /** How long something is watched that does nothing. */
  readonly idleSeconds: number;
  /** `simulated`: one watch and one write a pull for all nodes together. `real`: our daemon for each node, on a simulated runtime. */
  readonly daemons: 'simulated' | 'real';
}

/** What one run showed: numbers for the table, and details that only the JSON line holds. */
export type Result = Readonly<Record<string, unknown>>;

/** One kind of measurement. */
export interface Scenario {
  readonly name: string;
  /** For --help: one line. */
  readonly summary: string;
  readonly defaults: ScenarioOptions;
  /** One run on a fresh cluster. */
  run(options: ScenarioOptions): Promise<Result>;
}

/** What scenarios have in common unless they say otherwise. */
export const COMMON_DEFAULTS: ScenarioOptions = {
  nodes: 500,
  parallelism: 50,
  pullMs: 2_000,
  jitter: 0,
  pods: 0,
  jobs: 1,
  idleSeconds: 60,
  daemons: 'simulated',
};
