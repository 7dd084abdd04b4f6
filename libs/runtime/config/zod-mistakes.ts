import type { z } from 'zod';

import { nearest } from '../nearest.ts';
import { describeAt, keysAt, schemaAt } from './schema-walk.ts';
import type { ConfigPath, PathPart } from './yaml-source.ts';

export type Found = {
  readonly path: ConfigPath;
  readonly of: 'key' | 'value';
  readonly message: string;
  readonly choices?: string;
  /** The key itself is the mistake, so nothing said of its value makes up for it. */
  readonly isUnknownKey?: true;
};

/** What an issue means, said to a person: what is there, what is expected, what to write. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  /** The schema that was not met, where its value lies in the config, and the config as written. */
  context: { readonly schema: z.core.$ZodType; readonly base: ConfigPath; readonly raw: unknown },
): readonly Found[] {
  return issues.flatMap((issue) => explain(issue, context));
}

type Context = Parameters<typeof explainIssues>[1];

function explain(issue: z.core.$ZodIssue, context: Context): readonly Found[] {
  const within = issue.path as PathPart[];
  const path = [...context.base, ...within];
  const value = valueAt(context.raw, path);
  const shown = show(value);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        of: 'key',
        isUnknownKey: true,
        ...unknownKey(key, keysAt(context.schema, within)),
      }));
    case 'invalid_type':
      if (value === undefined)
        return [{ path, of: 'key', message: missing(context, within, expectation(issue.expected)) }];
      return [{ path, of: 'value', message: `${shown} is not ${expectation(issue.expected)}` }];
    case 'invalid_value':
      if (value === undefined)
        return [{ path, of: 'key', message: missing(context, within, 'one of these'), choices: list(issue.values) }];
      return [{ path, of: 'value', ...notOneOf(value, issue.values.map(String), path) }];
    case 'invalid_union':
      return explainUnion(issue, path, context);
    case 'invalid_key':
      return [{ path, of: 'key', message: `"${String(path.at(-1))}" ${issue.issues[0]?.message ?? 'is no key here'}` }];
    case 'invalid_format':
      return [{ path, of: 'value', message: wrongFormat(issue, value, shown) }];
    case 'too_small':
    case 'too_big':
      return [{ path, of: 'value', message: outOfBounds(issue, shown) }];
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [{ path, of: value === undefined ? 'key' : 'value', message: issue.message }];
  }
}

// Of a union, the branch of the value's own shape is explained; the rest would only confuse.
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, path: ConfigPath, context: Context): readonly Found[] {
  const deepest = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0] ?? [];
  const value = valueAt(context.raw, path);
  if (typeof value === 'object' && deepest.length > 0) {
    const schema = schemaAt(context.schema, issue.path as PathPart[]);
    return explainIssues(deepest, { schema: schema ?? context.schema, base: path, raw: context.raw });
  }
  const own = issue.errors.flat().find(({ code, message }) => code === 'invalid_format' && isOwn(message));
  const literals = issue.errors.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []));
  const choice = literals.length === 0 ? '' : `, or ${literals.join(', ')}`;
  return [{ path, of: 'value', message: `${show(value)} ${own?.message ?? 'is not what belongs here'}${choice}` }];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));
}

function missing({ schema }: Context, within: ConfigPath, otherwise: string): string {
  return `is missing: ${describeAt(schema, within) ?? otherwise}`;
}

function unknownKey(key: string, known: readonly string[]): { readonly message: string; readonly choices?: string } {
  const meant = nearest(key, known);
  const message = `"${key}" is not known here${meant === null ? '' : `; did you mean "${meant}"?`}`;
  return known.length === 0 ? { message } : { message, choices: known.join(', ') };
}

function notOneOf(value: unknown, values: readonly string[], path: ConfigPath) {
  const meant = nearest(String(value), values);
  const what = isFieldPath(path)
    ? `not a field of ${article(String(path.at(-3)))}`
    : 'not one of the values allowed here';
  return {
    message: `${show(value)} is ${what}${meant === null ? '' : `; did you mean "${meant}"?`}`,
    choices: values.join(', '),
  };
}

function isFieldPath(path: ConfigPath): boolean {
  return path.length >= 4 && path.at(-2) === 'fields' && path.at(-4) === 'sync';
}

function article(entity: string): string {
  return entity === 'order' ? 'an order' : `a ${entity}`;
}

function wrongFormat(issue: z.core.$ZodIssueInvalidStringFormat, value: unknown, shown: string): string {
  if (isOwn(issue.message)) return `${shown} ${issue.message}`;
  if (issue.format === 'url') {
    const text = String(value);
    const looksLikeHost = /^[\w-]+(\.[\w-]+)+/.test(text);
    return `${shown} is not a URL${looksLikeHost ? `: write https://${text}` : ', such as https://old.example.com'}`;
  }
  return `${shown} has not the form that is expected${issue.pattern === undefined ? '' : ` (${issue.pattern})`}`;
}

function outOfBounds(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, shown: string): string {
  if (isOwn(issue.message)) return issue.message;
  const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  const unit = issue.origin === 'string' ? ' characters long' : issue.origin === 'array' ? ' entries long' : '';
  return `${shown} must be ${limit}${unit}`;
}

// Messages written by us continue a sentence that begins with the value.
function isOwn(message: string): boolean {
  return /^(is|must|has|cannot|names|needs) /.test(message);
}

function expectation(type: string): string {
  switch (type) {
    case 'string':
      return 'text (put it in quotes where it looks like something else)';
    case 'object':
    case 'record':
      return 'a group of settings (`name: value` lines, or { name: value })';
    case 'array':
      return 'a list ([one, other])';
    case 'boolean':
      return 'true or false';
    case 'int':
      return 'a whole number';
    default:
      return type === 'tuple' ? 'a list' : `a ${type}`;
  }
}

export function valueAt(value: unknown, path: ConfigPath): unknown {
  let node = value;
  for (const part of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, part)) return undefined;
    node = (node as Record<PathPart, unknown>)[part];
  }
  return node;
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a group of settings';
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'nothing';
  return `"${value.length > 60 ? `${value.slice(0, 57)}…` : value}"`;
}

function list(values: readonly unknown[]): string {
  return values.map(String).join(', ');
}
