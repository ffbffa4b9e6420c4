import { TABLES, type Tables } from './rows.ts';

/** Everything, at one moment. */
export interface Snapshot {
  /** Of the server, milliseconds since the epoch: ages are told by its clock. */
  readonly now: number;
  /** Version of the program that serves. */
  readonly version: string;
  readonly tables: Tables;
}

/** What changed in one table. */
export interface TableDelta<Row> {
  readonly set: Readonly<Record<string, Row>>;
  readonly gone: readonly string[];
}

/** What changed since the message before. Tables that did not change are left out. */
export interface Delta {
  readonly now: number;
  readonly tables: { readonly [Name in keyof Tables]?: TableDelta<Tables[Name][string]> };
}

/** `tables` after `delta`. Neither is changed; tables without a change stay the same objects. */
export function applyDelta(tables: Tables, delta: Delta): Tables {
  const changed = TABLES.flatMap(name => {
    const change = delta.tables[name];
    return change === undefined ? [] : [[name, applied<object>(tables[name], change)] as const];
  });
  return { ...tables, ...Object.fromEntries(changed) };
}

function applied<Row>(
  rows: Readonly<Record<string, Row>>,
  { set, gone }: TableDelta<Row>,
): Readonly<Record<string, Row>> {
  const after = { ...rows, ...set };
  for (const key of gone) delete after[key];
  return after;
}
