/** The API server's proxy keeps Authorization for itself. */
const TOKEN_HEADER = 'Headstart-Token';

/** A request that the server refused. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** GET of a path beside this page, wherever a proxy put it. Throws {@link Refusal} unless it answers 200. */
export async function request(
  path: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = token === undefined ? {} : { [TOKEN_HEADER]: token };
  const response = await fetch(path, { headers, signal, cache: 'no-store' });
  if (!response.ok) throw new Refusal(response.status, (await response.text()).trim());
  return response;
}

/** The same, as JSON that the server of this page made. */
export async function requestJson<T>(
  path: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<T> {
  return (await (await request(path, token, signal)).json()) as T;
}
