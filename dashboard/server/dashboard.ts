import type { RequestListener } from 'node:http';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { Semaphore } from '../../runtime/semaphore.ts';
import type { Access } from './access.ts';
import type { Caches } from './caches.ts';
import { EVENT_STREAMS, EventStreams } from './event-stream.ts';
import { Feed, type FeedOptions } from './feed.ts';
import { createHandler } from './handler.ts';
import type { PageFile } from './page-files.ts';
import { type StoryDeps, tellStory } from './story.ts';

export interface DashboardDeps {
  readonly caches: Caches;
  readonly page: ReadonlyMap<string, PageFile>;
  readonly access: Access;
  readonly why: StoryDeps['why'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The dashboard: what answers its requests, and what keeps its streams up to date. */
export interface Dashboard {
  readonly handler: RequestListener;
  run(signal: AbortSignal): Promise<void>;
}

/** Stories ask the API server: a page that many have open must not be a burden. */
const MAX_STORIES = 2;

/** Makes the dashboard; it begins to follow the caches when somebody looks. */
export function createDashboard(options: FeedOptions, deps: DashboardDeps): Dashboard {
  const feed = new Feed(options, deps);
  const streams = new EventStreams(EVENT_STREAMS, { ...deps, feed });
  const semaphore = new Semaphore({ name: 'dashboard-stories', limit: MAX_STORIES }, deps);
  return {
    handler: createHandler({
      ...deps,
      feed,
      streams,
      story: (workload, signal) => tellStory(workload, { ...deps, semaphore }, signal),
    }),
    run: signal => streams.run(signal),
  };
}
