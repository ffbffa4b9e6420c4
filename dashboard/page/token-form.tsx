import { useState } from 'preact/hooks';
import type { Connection } from './live-data.ts';

/** Asks for a token. It is kept in this page only, and forgotten when the page is closed or loaded again. */
export function TokenForm(props: {
  readonly connection: Extract<Connection, { readonly message: string }>;
  readonly onToken: (token: string) => void;
}) {
  const { connection, onToken } = props;
  const [token, setToken] = useState('');
  return (
    <section class="card token" aria-labelledby="token-title">
      <h2 id="token-title">Who looks?</h2>
      <p role="alert">{connection.message}</p>
      <form
        onSubmit={event => {
          event.preventDefault();
          if (token.trim() !== '') onToken(token.trim());
        }}
      >
        <label>
          Token
          <input
            type="password"
            autocomplete="off"
            value={token}
            onInput={event => setToken(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Look</button>
      </form>
      <p class="quiet">
        Print one with <code>kubectl create token NAME -n NAMESPACE</code>. The guide says which
        rights its ServiceAccount needs.
      </p>
    </section>
  );
}
