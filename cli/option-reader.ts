import { HeadstartError } from '../runtime/errors.ts';

/** A listen address. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Raw values of flags, by camel-case name, as the command line gave them. */
export type RawOptions = Readonly<Record<string, unknown>>;

/**
 * Turns raw flags into typed options. Problems are collected, so that a person sees all of them at once:
 * read everything, then call {@link OptionReader.finish}.
 */
export class OptionReader {
  readonly #raw: RawOptions;
  readonly #problems: string[] = [];

  constructor(raw: RawOptions) {
    this.#raw = raw;
  }

  /** A string; '' counts as absent. */
  text(name: string): string | undefined {
    const value = this.#raw[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** A string that must be there; `hint` says where it usually comes from. */
  requiredText(name: string, hint: string): string {
    const value = this.text(name);
    if (value === undefined) this.problem(name, `is required: ${hint}`);
    return value ?? '';
  }

  flag(name: string): boolean {
    return this.#raw[name] === true;
  }

  /** A whole number within bounds. */
  integer(name: string, bounds: { readonly min: number; readonly max: number }): number {
    const value = this.text(name) ?? '';
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= bounds.min && number <= bounds.max) return number;
    this.problem(
      name,
      `must be a whole number from ${bounds.min} to ${bounds.max}, not '${value}'`,
    );
    return bounds.min;
  }

  /** A whole number with its unit: `90s`, `15m`, `24h` or `365d`, within bounds in milliseconds. */
  durationMs(name: string, bounds: { readonly min: string; readonly max: string }): number {
    const value = this.text(name) ?? '';
    const [min, max] = [parseDuration(bounds.min) ?? 0, parseDuration(bounds.max) ?? 0];
    const durationMs = parseDuration(value) ?? Number.NaN;
    if (durationMs >= min && durationMs <= max) return durationMs;
    this.problem(
      name,
      `must be a time from ${bounds.min} to ${bounds.max}, such as 90s, 15m, 24h or 365d, not '${value}'`,
    );
    return min;
  }

  /** One of `choices`. */
  oneOf<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const value = this.text(name);
    const choice = choices.find(candidate => candidate === value);
    if (choice !== undefined) return choice;
    this.problem(name, `must be one of ${choices.join(', ')}, not '${value ?? ''}'`);
    return choices[0];
  }

  /** `host:port` or `:port`; the host defaults to every interface. */
  address(name: string): ListenAddress {
    const value = this.text(name) ?? '';
    const match = /^(\[[0-9a-fA-F:]+\]|[^:]*):(\d{1,5})$/.exec(value);
    const port = Number(match?.[2]);
    if (match && port <= 65535) {
      return { host: match[1]?.replace(/^\[|\]$/g, '') || '0.0.0.0', port };
    }
    this.problem(name, `must look like 127.0.0.1:8080 or :8080, not '${value}'`);
    return { host: '', port: 0 };
  }

  /** `Gate=true,Other=false`; names must be known. */
  featureGates<T extends string>(
    name: string,
    defaults: Readonly<Record<T, boolean>>,
  ): Record<T, boolean> {
    const gates: Record<T, boolean> = { ...defaults };
    for (const item of (this.text(name) ?? '').split(',').filter(part => part !== '')) {
      const [gate, value] = item.split('=', 2);
      if (gate === undefined || !Object.hasOwn(defaults, gate)) {
        this.problem(
          name,
          `does not know '${gate ?? ''}'; it knows ${Object.keys(defaults).join(', ')}`,
        );
      } else if (value !== 'true' && value !== 'false') {
        this.problem(name, `needs ${gate}=true or ${gate}=false, not '${item}'`);
      } else {
        gates[gate as T] = value === 'true';
      }
    }
    return gates;
  }

  /** Throws CONFIG_INVALID with every problem, a line each. */
  finish(): void {
    if (this.#problems.length > 0)
      throw new HeadstartError('CONFIG_INVALID', this.#problems.join('\n'));
  }

  /** Notes what is wrong with a flag. */
  problem(name: string, message: string): void {
    const flag = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
    this.#problems.push(`--${flag} ${message}`);
  }
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
}
