import { type DestinationStream, type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import type { LogFields, Logger } from './log.ts';
import { type LogLevel, printableFields } from './log-fields.ts';

export interface LoggerOptions {
  /** The least important level that is written. */
  readonly level: LogLevel;
  /** Name of the program, on every line. */
  readonly name: string;
}

/** A logger that writes JSON lines to standard error, or to `stream`. */
export function createPinoLogger(options: LoggerOptions, stream?: DestinationStream): Logger {
  const config = {
    level: options.level,
    base: { name: options.name },
    timestamp: stdTimeFunctions.isoTime,
    // Fields are made printable below; pino's own serializer would drop codes and causes.
    serializers: { err: (err: unknown) => err },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(config, stream ?? pino.destination({ dest: 2, sync: true })));
}

function wrap(logger: Pino): Logger {
  const write = (level: LogLevel) => {
    return (message: string, fields?: LogFields): void => {
      if (!logger.isLevelEnabled(level)) return;
      logger[level](fields === undefined ? {} : printableFields(fields), message);
    };
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: fields => wrap(logger.child(printableFields(fields))),
  };
}
