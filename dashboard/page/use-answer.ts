import { useEffect, useState } from 'preact/hooks';
import { pause } from './browser-time.ts';
import { requestJson } from './request.ts';

/** An answer, or why there is none. */
export type Answer<T> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'here'; readonly value: T }
  | { readonly kind: 'failed'; readonly message: string };

const AGAIN_MS = 3000;

/** What `path` answers, asked again every few seconds while it is shown. */
export function useAnswer<T>(path: string, token: string | undefined): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ kind: 'waiting' });
  useEffect(() => {
    const closed = new AbortController();
    setAnswer({ kind: 'waiting' });
    void ask<T>(path, token, setAnswer, closed.signal);
    return () => closed.abort();
  }, [path, token]);
  return answer;
}

async function ask<T>(
  path: string,
  token: string | undefined,
  tell: (answer: Answer<T>) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const value = await requestJson<T>(path, token, signal);
      tell({ kind: 'here', value });
    } catch (error) {
      if (signal.aborted) return;
      tell({ kind: 'failed', message: error instanceof Error ? error.message : 'no answer' });
    }
    await pause(AGAIN_MS, signal);
  }
}
