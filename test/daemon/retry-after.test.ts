import assert from 'node:assert/strict';
import { retryAfterMs } from '../../daemon/retry-after.ts';

describe('retryAfterMs', () => {
  const cases: { name: string; message: string; ms: number | undefined }[] = [
    {
      name: 'reads the duration of ghcr.io',
      message:
        'GET https://ghcr.io/v2/…: TOOMANYREQUESTS: retry-after: 500.0µs, allowed: 44000/minute',
      ms: 0.5,
    },
    { name: 'takes a bare number for seconds', message: 'Retry-After: 120', ms: 120_000 },
    { name: 'reads words', message: 'too many requests; retry after 20 seconds', ms: 20_000 },
    { name: 'reads a field of JSON', message: '{"retry-after":"7"}', ms: 7_000 },
    { name: 'reads minutes', message: 'please retry after 2m', ms: 120_000 },
    {
      name: 'finds nothing in what containerd says of a bare 429',
      message:
        'unexpected status from HEAD request to http://r/v2/a/manifests/1: 429 Too Many Requests',
      ms: undefined,
    },
    { name: 'finds nothing where nothing is said', message: 'retry after a while', ms: undefined },
  ];
  for (const { name, message, ms } of cases) {
    it(name, () => assert.equal(retryAfterMs(message), ms));
  }
});
