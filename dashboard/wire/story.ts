import type { WorkloadRef } from './rows.ts';

/** Why a workload was or was not warmed. */
export interface Why {
  readonly verdict: string;
  readonly reason?: string;
  readonly message: string;
  readonly advice: readonly string[];
  /** Images that some pod does not run yet. */
  readonly newImages: readonly string[];
  readonly settingProblems: readonly string[];
}

/** One moment on the way from the change to warm. */
export interface StoryStep {
  readonly what: string;
  /** RFC 3339; absent: it has not happened yet. */
  readonly at?: string;
}

/** How one image got to the nodes. */
export interface WarmUp {
  readonly job: string;
  readonly image: string;
  readonly state: string;
  readonly desired: number;
  /** RFC 3339, when the job was made. */
  readonly since: string;
  /** Seconds after `since` at which nodes got warm, in order. */
  readonly warmAfter: readonly number[];
  readonly steps: readonly StoryStep[];
}

/** One workload, from the change to warm. */
export interface Story {
  readonly now: number;
  readonly workload: WorkloadRef;
  readonly why: Why;
  readonly warmUps: readonly WarmUp[];
}
