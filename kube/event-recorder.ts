import type { KubeObject } from '../api/meta.ts';

export interface EventOptions {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
  /**
   * Given: the event's name is derived from the object's uid, the reason and this string, so that the same
   * thing is said once, also across restarts and leaders.
   */
  readonly once?: string;
}

/** Writes Events about objects. Never throws and never waits; equal events are counted together; floods are dropped and counted. */
export interface EventRecorder {
  event(about: KubeObject, options: EventOptions): void;
  /** Writes what is queued. */
  flush(signal?: AbortSignal): Promise<void>;
}
