import { isJsonObject, memberAt } from '../api/json.ts';

/** What a field may hold. */
export interface Kind<T> {
  readonly is: (value: unknown) => value is T;
  /** For people: `a whole number`. */
  readonly name: string;
}

/** Reads fields of JSON that nothing has checked. What is malformed is left out and becomes a problem; null is as good as absent. */
export class FieldReader {
  /** In all that was read so far, nested objects included: `pullPolicy.timeoutSeconds must be a whole number`. */
  readonly problems: string[];
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path = '', problems: string[] = []) {
    this.#value = value;
    this.#path = path;
    this.problems = problems;
  }

  optional<T>(field: string, kind: Kind<T>): T | undefined {
    const value = memberAt(this.#value, field);
    if (value === undefined) return undefined;
    return this.#checked(field, value, kind);
  }

  required<T>(field: string, kind: Kind<T>): T | undefined {
    return this.#checked(field, memberAt(this.#value, field), kind);
  }

  /** Those of `fields` that are there. */
  some<F extends string, T>(fields: readonly F[], kind: Kind<T>): { readonly [field in F]?: T } {
    const found: { [field in F]?: T } = {};
    for (const field of fields) {
      const value = this.optional(field, kind);
      if (value !== undefined) found[field] = value;
    }
    return found;
  }

  object(field: string): FieldReader | undefined {
    const value = memberAt(this.#value, field);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return this.#inside(field, value);
    return this.#problem(field, 'an object');
  }

  /** Readers for the items of a list of objects. */
  list(field: string): readonly FieldReader[] | undefined {
    const value = memberAt(this.#value, field);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#problem(field, 'a list');
    return value.flatMap((item: unknown, i) => {
      if (isJsonObject(item)) return [this.#inside(`${field}[${i}]`, item)];
      this.#problem(`${field}[${i}]`, 'an object');
      return [];
    });
  }

  /** An object all of whose members are of one kind. */
  map<T>(field: string, kind: Kind<T>): Readonly<Record<string, T>> | undefined {
    const value = memberAt(this.#value, field);
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) return this.#problem(field, 'an object');
    const members = Object.entries(value);
    const good = members.filter((member): member is [string, T] => kind.is(member[1]));
    if (good.length < members.length)
      this.#problem(field, `an object that holds ${kind.name} each`);
    return Object.fromEntries(good);
  }

  #checked<T>(field: string, value: unknown, kind: Kind<T>): T | undefined {
    return kind.is(value) ? value : this.#problem(field, kind.name);
  }

  #inside(field: string, value: unknown): FieldReader {
    return new FieldReader(value, `${this.#path}${field}.`, this.problems);
  }

  #problem(field: string, expected: string): undefined {
    this.problems.push(`${this.#path}${field} must be ${expected}`);
    return undefined;
  }
}
