import { useEffect, useState } from 'preact/hooks';
import type { Tables, WorkloadRef } from '../wire/rows.ts';
import { Announcer } from './announcer.tsx';
import { now } from './browser-time.ts';
import { ConnectionBar } from './connection-bar.tsx';
import { Failures } from './failures.tsx';
import { Jobs } from './jobs.tsx';
import type { Live, LiveData } from './live-data.ts';
import { Nodes } from './nodes.tsx';
import { Registries } from './registries.tsx';
import { StorySection } from './story-section.tsx';
import { Tiles } from './tiles.tsx';
import { TokenForm } from './token-form.tsx';

/** The whole page. */
export function App({ data }: { readonly data: LiveData }) {
  const [live, setLive] = useState<Live>();
  useEffect(() => data.follow(setLive), [data]);
  const connection = live?.connection ?? { kind: 'connecting' };
  return (
    <>
      <a class="skip" href="#jobs">
        Skip to the jobs
      </a>
      <ConnectionBar connection={connection} version={live?.version ?? ''} />
      <main>
        {connection.kind === 'token' || connection.kind === 'forbidden' ? (
          <TokenForm connection={connection} onToken={token => data.useToken(token)} />
        ) : (
          <Body live={live} token={data.token} />
        )}
      </main>
    </>
  );
}

function Body(props: { readonly live: Live | undefined; readonly token: string | undefined }) {
  const { live, token } = props;
  if (live?.tables === undefined) return <p class="quiet">Waiting for the manager…</p>;
  return <Overview tables={live.tables} now={now() + live.skewMs} token={token} />;
}

interface OverviewProps {
  readonly tables: Tables;
  /** By the server's clock, milliseconds since the epoch. */
  readonly now: number;
  readonly token: string | undefined;
}

function Overview({ tables, now: nowMs, token }: OverviewProps) {
  const [story, setStory] = useState<WorkloadRef>();
  const [node, setNode] = useState<string>();
  return (
    <>
      <Tiles tables={tables} />
      <Announcer tables={tables} />
      <div class="columns">
        <div class="column">
          <Jobs jobs={tables.jobs} now={nowMs} onStory={setStory} />
          <StorySection story={story} now={nowMs} token={token} onStory={setStory} />
        </div>
        <div class="column">
          <Nodes nodes={tables.nodes} chosen={node} token={token} onChoose={setNode} />
          <Failures jobs={tables.jobs} onNode={setNode} />
          <Registries registries={tables.registries} />
        </div>
      </div>
    </>
  );
}
