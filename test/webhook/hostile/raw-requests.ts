import { jobReview, MUTATE_JOB } from '../review.ts';

/** What arrives on a TLS connection, byte for byte, and how it should end. */
export interface RawCase {
  readonly bytes: string | Buffer;
  /** Status of the answer; undefined: the connection ends without one. */
  readonly status: number | undefined;
  /** The client ends its half of the connection after that. */
  readonly ends?: boolean;
}

const review = JSON.stringify(jobReview());
const length = Buffer.byteLength(review);

const post = (headers: readonly string[], body = review, path = MUTATE_JOB): string =>
  [`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', ...headers, '', body].join(
    '\r\n',
  );
const whole = post([`Content-Length: ${length}`]);

/** Framing errors are answered with 400 and the end of the connection, so that nothing is smuggled behind them. */
export const RAW_REQUESTS: Readonly<Record<string, RawCase>> = {
  'a request as it should be': { bytes: whole, status: 200 },
  'a request whose client ends its half': { bytes: whole, status: 200, ends: true },
  'bare line feeds': { bytes: whole.replaceAll('\r\n', '\n'), status: 400 },
  'no HTTP at all': { bytes: 'hello\r\n\r\n', status: 400 },
  'random bytes': { bytes: Buffer.from([0, 255, 254, 13, 10, 13, 10, 7]), status: 400 },
  'HTTP/0.9': { bytes: 'GET /\r\n\r\n', status: 404 },
  'HTTP/9.9': { bytes: whole.replace('HTTP/1.1', 'HTTP/9.9'), status: 400 },
  'the preface of HTTP/2': { bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  'an unknown method': { bytes: whole.replace('POST', 'BREW'), status: 400 },
  'no Host': { bytes: whole.replace('Host: x\r\n', ''), status: 400 },
  'a path with a null byte': { bytes: whole.replace(MUTATE_JOB, '/a\0b'), status: 400 },
  'a path of 20 KiB': { bytes: post([], '', `/${'a'.repeat(20_480)}`), status: 431 },
  'a header of 20 KiB': { bytes: post([`X: ${'a'.repeat(20_480)}`]), status: 431 },
  '3,000 headers': {
    bytes: post(Array.from({ length: 3_000 }, (_, i) => `X-${i}: ${i}`)),
    status: 431,
  },
  'a header without a name': { bytes: post([': a', `Content-Length: ${length}`]), status: 400 },
  'a header with a space in its name': { bytes: post(['A B: c']), status: 400 },
  'a folded header': { bytes: post(['A: b', ' c', `Content-Length: ${length}`]), status: 400 },
  'a header with a null byte': { bytes: post(['A: b\0c']), status: 400 },
  'a negative length': { bytes: post(['Content-Length: -1']), status: 400 },
  'a length that is no number': { bytes: post(['Content-Length: ten']), status: 400 },
  'a length beyond all bounds': {
    bytes: post(['Content-Length: 99999999999999999999']),
    status: 400,
  },
  'a length above the limit': { bytes: post(['Content-Length: 99999999'], ''), status: 413 },
  'two lengths that differ': {
    bytes: post([`Content-Length: ${length}`, 'Content-Length: 1']),
    status: 400,
  },
  'a length and chunks': {
    bytes: post([`Content-Length: ${length}`, 'Transfer-Encoding: chunked']),
    status: 400,
  },
  'chunks with a bad size': { bytes: post(['Transfer-Encoding: chunked'], 'zz\r\n'), status: 400 },
  'chunks of an unknown coding': { bytes: post(['Transfer-Encoding: gzip']), status: 400 },
  'chunks that end too early': {
    bytes: post(['Transfer-Encoding: chunked'], '5\r\nab'),
    status: 400,
    ends: true,
  },
  'a body that ends too early': {
    bytes: post([`Content-Length: ${length + 10}`]),
    status: 400,
    ends: true,
  },
  'headers that end too early': { bytes: whole.slice(0, 40), status: 400, ends: true },
  nothing: { bytes: '', status: undefined, ends: true },
  'an expectation nobody meets': {
    bytes: post(['Expect: the-impossible', `Content-Length: ${length}`]),
    status: 417,
  },
  'a wish for another protocol': {
    bytes: post(['Connection: Upgrade', 'Upgrade: websocket', `Content-Length: ${length}`]),
    status: 200,
  },
  'a tunnel': {
    bytes: 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n',
    status: undefined,
  },
  'an absolute address': {
    bytes: whole.replace(MUTATE_JOB, `http://169.254.169.254${MUTATE_JOB}`),
    status: 200,
  },
  'a path that climbs': { bytes: whole.replace(MUTATE_JOB, '/../../etc/passwd'), status: 404 },
  'two requests at once': { bytes: whole + whole, status: 200 },
};
