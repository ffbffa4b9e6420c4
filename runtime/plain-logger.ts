import { type Clock, systemClock } from './clock.ts';
import type { LogFields, Logger } from './log.ts';
import { LOG_LEVELS, type LogLevel, printableFields } from './log-fields.ts';
import type { LoggerOptions } from './pino-logger.ts';

/** Where a plain logger writes to. */
export interface LogSink {
  write(line: string): unknown;
}

/** The same lines as {@link createPinoLogger} without the library, for processes that must stay small. */
export function createPlainLogger(
  options: LoggerOptions,
  sink: LogSink = process.stderr,
  clock: Clock = systemClock,
): Logger {
  const lowest = LOG_LEVELS.indexOf(options.level);
  const make = (bound: Record<string, unknown>): Logger => {
    const write = (level: LogLevel) => {
      if (LOG_LEVELS.indexOf(level) < lowest) return () => {};
      return (message: string, fields: LogFields = {}): void => {
        const time = new Date(clock.now()).toISOString();
        const line = { level, time, ...bound, ...printableFields(fields), msg: message };
        sink.write(`${JSON.stringify(line)}\n`);
      };
    };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: fields => make({ ...bound, ...printableFields(fields) }),
    };
  };
  return make({ name: options.name });
}
