import { z } from 'zod';

import { configSchema } from './config-schema.ts';
import type { AnyPlatform, Platforms } from './platform-part.ts';

/** What of JSON Schema is made here. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly propertyNames?: JsonSchema;
  readonly pattern?: string;
};

/** The schema that editors check `lockstep.config.yaml` with, every platform's part included. */
export function configJsonSchema(platforms: Platforms): JsonSchema {
  const whole = toJson(configSchema);
  const pairs = whole.properties?.['pairs'];
  const pair = pairs?.additionalProperties;
  if (typeof pair !== 'object' || pairs === undefined) throw new Error('Broken invariant: pairs are no record');
  const ofPair = { ...pair.properties };
  for (const side of ['source', 'target'])
    ofPair[side] = {
      ...(ofPair[side]?.description === undefined ? {} : { description: ofPair[side].description }),
      oneOf: Object.values(platforms).map((platform) => platformSchema(platform)),
    };
  return {
    ...whole,
    properties: { ...whole.properties, pairs: { ...pairs, additionalProperties: { ...pair, properties: ofPair } } },
  };
}

function platformSchema({ name, label, configSchema: own }: AnyPlatform): JsonSchema {
  const { $schema: _, ...schema } = toJson(own) as JsonSchema & { readonly $schema?: string };
  return {
    ...schema,
    description: label,
    properties: { platform: { const: name, description: 'Which platform the shop runs on' }, ...schema.properties },
    required: ['platform', ...(schema.required ?? [])],
  };
}

function toJson(schema: z.core.$ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** The reference page of the config. */
export function configMarkdown(platforms: Platforms): string {
  const schema = configJsonSchema(platforms);
  const pair = schema.properties?.['pairs']?.additionalProperties;
  const ofPair = typeof pair === 'object' ? pair.properties : undefined;
  const { pairs: _, ...general } = schema.properties ?? {};
  const { source: _source, target: _target, ...rest } = ofPair ?? {};
  return [
    '# Configuration',
    '',
    '<!-- Generated from the schema by `npm run docs:config`; a test keeps it current. -->',
    '',
    '`lockstep.config.yaml`, and one file a pair in `pairs/` beside it where there are many (its name is the pair’s, its content',
    'what stands below the name here). Secrets come from the environment alone: `"${NAME}"` stands for the variable `NAME`.',
    'Lengths of time are written `500ms`, `2s`, `5m`, `1h`, `1d`. `lockstep check` names every mistake at once.',
    '',
    'Editors that know `yaml-language-server` check the file as you type, with this first line:',
    '`# yaml-language-server: $schema=docs/lockstep.schema.json`.',
    '',
    '## One pair: `pairs.<name>`',
    '',
    ...table({ properties: rest, required: typeof pair === 'object' ? (pair.required ?? []) : [] }),
    ...Object.values(platforms).flatMap((platform) => [
      '',
      `## A ${platform.label} shop: \`pairs.<name>.source\` or \`.target\``,
      '',
      ...table(platformSchema(platform)),
    ]),
    '',
    '## For all pairs',
    '',
    ...table({ ...schema, properties: general }),
    '',
  ].join('\n');
}

function table(schema: JsonSchema): readonly string[] {
  return [
    '| setting | what it is | values | default |',
    '| --- | --- | --- | --- |',
    ...rows(schema, '').map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`),
  ];
}

function rows({ properties = {}, required = [] }: JsonSchema, prefix: string): readonly (readonly string[])[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const path = `${prefix}${key}`;
    const isNeeded = required.includes(key) && schema.default === undefined;
    const own = [`\`${path}\``, schema.description ?? '', values(schema), isNeeded ? '(needed)' : defaultOf(schema)];
    return schema.properties === undefined ? [own] : [own, ...rows(schema, `${path}.`)];
  });
}

function values(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(values))].join(' or ');
  if (schema.pattern?.includes('ms|s|m|h|d') === true) return 'length of time';
  switch (schema.type) {
    case 'array':
      return `list of ${values(schema.items ?? schema.prefixItems?.[0] ?? {})}`;
    case 'object':
      return typeof schema.additionalProperties === 'object' ? 'names with values' : 'group';
    case 'integer':
      return 'whole number';
    case 'string':
      return 'text';
    case 'boolean':
      return '`true`, `false`';
    case undefined:
      return '';
    default:
      return typeof schema.type === 'string' ? schema.type : '';
  }
}

// Of a group only its members' own defaults tell anything.
function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))) return '';
  return code(value);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
