import type { Connection } from './live-data.ts';

const WORDS: Readonly<Record<Connection['kind'], string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  lost: 'Connection lost',
  token: 'Token needed',
  forbidden: 'Not allowed',
};

/** The head of the page: its name, and how it stands with the manager. */
export function ConnectionBar(props: {
  readonly connection: Connection;
  readonly version: string;
}) {
  const { connection, version } = props;
  return (
    <header>
      <div class="bar">
        <h1>
          <img src="icon.svg" alt="" width="28" height="28" /> Headstart
        </h1>
        {version !== '' && <span class="quiet">{version}</span>}
        <span class={`connection ${connection.kind}`} role="status">
          {WORDS[connection.kind]}
        </span>
      </div>
      {connection.kind === 'lost' && (
        <p class="lost" role="alert">
          The manager is gone since {new Date(connection.sinceMs).toLocaleTimeString('en-GB')}:{' '}
          {connection.why}. What is shown is from before; this page tries again by itself.
        </p>
      )}
    </header>
  );
}
