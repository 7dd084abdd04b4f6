import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { assert } from '#libs/runtime/must.ts';

/** A row by column name. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** The first row, or null. */
export function getRow(statement: StatementSync, ...values: SQLInputValue[]): Row | null {
  return statement.get(...values) ?? null;
}

export function numberAt(row: Row, column: string): number {
  const value = row[column];
  assert(typeof value === 'number', `the number in column ${column}`);
  return value;
}

export function numberOrNullAt(row: Row, column: string): number | null {
  return row[column] === null ? null : numberAt(row, column);
}

export function textAt(row: Row, column: string): string {
  const value = row[column];
  assert(typeof value === 'string', `the text in column ${column}`);
  return value;
}

export function textOrNullAt(row: Row, column: string): string | null {
  return row[column] === null ? null : textAt(row, column);
}

/** What a record holds: text as we write it, or bytes of whoever else wrote it. */
export function bodyAt(row: Row, column: string): string | Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : textAt(row, column);
}
