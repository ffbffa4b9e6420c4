import assert from 'node:assert/strict';
import { HeadstartError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import type { LogLevel } from '../../runtime/log-fields.ts';
import { createPinoLogger } from '../../runtime/pino-logger.ts';
import { createPlainLogger } from '../../runtime/plain-logger.ts';

type Make = (level: LogLevel, sink: { write(line: string): void }) => Logger;

const loggers: readonly [string, Make][] = [
  ['createPinoLogger', (level, sink) => createPinoLogger({ level, name: 'test' }, sink)],
  ['createPlainLogger', (level, sink) => createPlainLogger({ level, name: 'test' }, sink)],
];

for (const [name, make] of loggers) {
  describe(name, () => {
    const record = (level: LogLevel = 'debug') => {
      const lines: string[] = [];
      const log = make(level, { write: line => lines.push(line) });
      return {
        log,
        lines,
        last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>,
      };
    };

    it('writes one JSON line with level, time, name, message and facts', () => {
      const { log, lines, last } = record();
      log.info('Job finished', { object: 'ns/job', failed: 0, reason: undefined });
      assert.equal(lines.length, 1);
      assert.ok(lines[0]?.endsWith('}\n'));
      const { time, ...line } = last();
      assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(line, {
        level: 'info',
        name: 'test',
        object: 'ns/job',
        failed: 0,
        msg: 'Job finished',
      });
    });

    it('writes nothing below its level', () => {
      const { log, lines } = record('warn');
      log.debug('x');
      log.info('x');
      log.warn('x');
      log.error('x');
      assert.equal(lines.length, 2);
    });

    it('adds the facts of its parents', () => {
      const { log, last } = record();
      log.child({ controller: 'c', token: 't' }).child({ object: 'o' }).warn('Ended', { n: 1 });
      const { controller, object, n, token } = last();
      assert.deepEqual([controller, object, n, token], ['c', 'o', 1, '[redacted]']);
    });

    it('hides what looks like a secret, at any depth', () => {
      const { log, lines } = record();
      log.info('Asked', {
        token: 'SECRET',
        password: 'SECRET',
        headers: { Authorization: 'SECRET', Accept: 'json' },
        registries: [{ host: 'r', auth: 'SECRET', identityToken: 'SECRET' }],
        keyPem: 'SECRET',
        tokenFile: '/path',
        author: 'someone',
      });
      assert.doesNotMatch(lines[0] ?? '', /SECRET/);
      for (const kept of ['json', '/path', 'someone', '"host":"r"']) {
        assert.ok(lines[0]?.includes(kept), kept);
      }
    });

    it('writes our errors with code, details and causes, and no stack', () => {
      const { log, last } = record();
      const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      const details = { path: '/x', token: 'SECRET' };
      log.error('Failed', {
        err: new HeadstartError('KUBE_UNREACHABLE', 'no', { cause, details }),
      });
      const { stack, ...shownCause } = (last()['err'] as { cause: Record<string, unknown> }).cause;
      assert.match(String(stack), /loggers\.test/);
      assert.deepEqual(last()['err'], {
        type: 'HeadstartError',
        message: 'no',
        code: 'KUBE_UNREACHABLE',
        details: { path: '/x', token: '[redacted]' },
        cause: { ...shownCause, stack },
      });
      assert.deepEqual(shownCause, { type: 'Error', message: 'refused', code: 'ECONNREFUSED' });
    });

    it('writes odd facts without falling over them', () => {
      const { log, last } = record();
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      const when = new Date(0);
      log.info('Odd', { big: 1n, bytes: new Uint8Array(3), when, circle, nothing: null });
      const { big, bytes, when: shown, nothing } = last();
      assert.deepEqual(
        [big, bytes, shown, nothing],
        ['1', '[3 bytes]', '1970-01-01T00:00:00.000Z', null],
      );
    });
  });
}
