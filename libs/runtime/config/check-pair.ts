import { Cron } from 'croner';

import type { StoreCapabilities } from '#libs/connectors/store-connector.ts';
import type { FieldName } from '#libs/fields/field-names.ts';
import { FIELD_NAMES, fieldName } from '#libs/fields/field-names.ts';
import type { OrderState } from '#libs/model/order.ts';
import { ENTITY_KINDS, ROOT_KINDS } from '#libs/model/stored.ts';
import { must } from '../must.ts';
import { nearest } from '../nearest.ts';
import type { AnyPlatform, Platforms } from './platform-part.ts';
import { capabilitiesOf } from './platform-part.ts';
import type { Found } from './zod-mistakes.ts';
import { explainIssues, valueAt } from './zod-mistakes.ts';

export type StorePart = {
  readonly platform: string;
  readonly config: unknown;
  /** The platform's own status words, as its capabilities tell them. */
  readonly orderStatuses?: Readonly<Record<string, OrderState>>;
};

type Side = 'source' | 'target';
type Opened = { readonly part: StorePart; readonly platform: AnyPlatform; readonly capabilities: StoreCapabilities };

/**
 * What a pair's schema cannot say: its store parts by their platforms' schemas, fields against what the platforms can do, times.
 * `value` is the pair with the environment's values, `root` the whole config as written.
 */
export async function checkPair(input: {
  readonly name: string;
  readonly value: unknown;
  readonly root: unknown;
  readonly platforms: Platforms;
}): Promise<{ readonly found: readonly Found[]; readonly source?: StorePart; readonly target?: StorePart }> {
  const base = ['pairs', input.name];
  const source = await openSide('source', input);
  const target = await openSide('target', input);
  const found = [...source.found, ...target.found, ...checkTimes(base, input.value), ...checkHeard(base, input.value)];
  found.push(...checkFields(base, input.value, source.opened, target.opened));
  found.push(...checkCreation(base, input.value, target.opened));
  found.push(...checkDeletes(base, input.value, target.opened));
  found.push(...checkStamp(base, input.value, target.opened));
  if (isSameStore(source.opened, target.opened))
    found.push({ path: [...base, 'target'], of: 'key', message: 'is the same shop as source' });
  return {
    found,
    ...(source.opened === null ? {} : { source: source.opened.part }),
    ...(target.opened === null ? {} : { target: target.opened.part }),
  };
}

async function openSide(
  side: Side,
  { name, value, root, platforms }: Parameters<typeof checkPair>[0],
): Promise<{ readonly found: readonly Found[]; readonly opened: Opened | null }> {
  const path = ['pairs', name, side];
  const store = valueAt(value, [side]);
  const platformName = valueAt(store, ['platform']);
  // Anything else wrong with these two is told by the pair's own schema.
  if (typeof store !== 'object' || store === null || typeof platformName !== 'string')
    return { found: [], opened: null };
  const platform = Object.hasOwn(platforms, platformName) ? platforms[platformName] : undefined;
  if (platform === undefined) {
    const known = Object.keys(platforms);
    const meant = nearest(platformName, known);
    const message = `"${platformName}" is not a platform${meant === null ? '' : `; did you mean "${meant}"?`}`;
    const misnamed: Found = { path: [...path, 'platform'], of: 'value', message, choices: known.join(', ') };
    // What else is wrong is told in the same breath, where it is clear enough which platform is meant.
    const rest = meant === null ? [] : parsePart(store, path, root, must(platforms[meant], meant)).found;
    return { found: [misnamed, ...rest], opened: null };
  }
  const { found, config } = parsePart(store, path, root, platform);
  if (found.length > 0) return { found, opened: null };
  const capabilities = await capabilitiesOf(platform, config);
  const { orderStatuses } = capabilities;
  const part = { platform: platformName, config, ...(orderStatuses === undefined ? {} : { orderStatuses }) };
  return { found: [], opened: { part, platform, capabilities } };
}

function parsePart(store: object, path: readonly string[], root: unknown, platform: AnyPlatform) {
  const { platform: _, ...part } = store as Record<string, unknown>;
  const { configSchema: schema } = platform;
  const parsed = schema.safeParse(part);
  const found = parsed.success ? [] : explainIssues(parsed.error.issues, { schema, base: path, raw: root });
  return { found, config: parsed.data };
}

function checkFields(base: readonly string[], value: unknown, source: Opened | null, target: Opened | null): Found[] {
  const found: Found[] = [];
  for (const entity of ENTITY_KINDS) {
    const fields = valueAt(value, ['sync', entity, 'fields']);
    if (!Array.isArray(fields)) continue;
    const seen = new Set<unknown>();
    for (const [index, field] of fields.entries()) {
      const path = [...base, 'sync', entity, 'fields', index];
      const name = fieldName(entity, String(field));
      if (seen.has(field)) found.push({ path, of: 'value', message: `"${String(field)}" is named twice` });
      seen.add(field);
      if (FIELD_NAMES.includes(name)) found.push(...checkField(path, name, source, target));
    }
  }
  return found;
}

function checkField(path: Found['path'], name: FieldName, source: Opened | null, target: Opened | null): Found[] {
  const cannot = (who: AnyPlatform, what: string, can: ReadonlySet<FieldName>): Found => ({
    path,
    of: 'value',
    message: `${name} cannot be ${what} a ${who.label} shop in this version: take it out`,
    choices: [...can].join(', '),
  });
  if (source !== null && !source.capabilities.readable.has(name))
    return [cannot(source.platform, 'read from', source.capabilities.readable)];
  if (target !== null && !target.capabilities.writable.has(name))
    return [cannot(target.platform, 'written to', target.capabilities.writable)];
  return [];
}

function checkCreation(base: readonly string[], value: unknown, target: Opened | null): Found[] {
  const found: Found[] = [];
  for (const root of ROOT_KINDS) {
    const policy = valueAt(value, ['create', root]);
    if (policy !== 'new' && policy !== 'all') continue;
    const path = [...base, 'create', root];
    if (policy === 'new' && valueAt(value, ['migratedAt']) === undefined)
      found.push({ path, of: 'value', message: '"new" means since migratedAt, which is missing: add it to the pair' });
    if (target !== null && !target.capabilities.creatable.has(root))
      found.push({
        path,
        of: 'value',
        message: `${root}s cannot be created at a ${target.platform.label} shop in this version: write none`,
      });
  }
  return found;
}

function checkDeletes(base: readonly string[], value: unknown, target: Opened | null): Found[] {
  if (target === null) return [];
  const { archivable, deletable } = target.capabilities;
  return ROOT_KINDS.flatMap((root): Found[] => {
    const policy = valueAt(value, ['delete', root]);
    if (policy !== 'archive' && policy !== 'delete') return [];
    const can = { archive: archivable?.has(root) === true, delete: deletable?.has(root) === true };
    if (can[policy]) return [];
    const message = `${root}s cannot be ${policy}d at a ${target.platform.label} shop in this version`;
    const choices = ['keep', ...(can.archive ? ['archive'] : []), ...(can.delete ? ['delete'] : [])].join(', ');
    return [{ path: [...base, 'delete', root], of: 'value', message, choices }];
  });
}

function checkStamp(base: readonly string[], value: unknown, target: Opened | null): Found[] {
  if (valueAt(value, ['stamp']) !== true || target === null) return [];
  const { platform, capabilities } = target;
  const carried = ENTITY_KINDS.filter((entity) => valueAt(value, ['sync', entity]) !== undefined);
  const cannot = carried.filter((entity) => !capabilities.stampable.has(entity));
  if (cannot.length === 0) return [];
  const what = cannot.map((entity) => `${entity}s`).join(', ');
  const message = `source ids cannot be written onto ${what} of a ${platform.label} shop in this version: leave it out`;
  return [{ path: [...base, 'stamp'], of: 'key', message }];
}

// Without either nobody would hear of a change before the night.
function checkHeard(base: readonly string[], value: unknown): Found[] {
  const deaf =
    valueAt(value, ['source', 'webhooks']) === 'off' && valueAt(value, ['reconcile', 'sweepEvery']) === 'off';
  const message = 'is off, and so are the webhooks: nothing would tell of a change; write 5m';
  return deaf ? [{ path: [...base, 'reconcile', 'sweepEvery'], of: 'value', message }] : [];
}

function checkTimes(base: readonly string[], value: unknown): Found[] {
  const found: Found[] = [];
  const cron = valueAt(value, ['reconcile', 'cron']);
  const timezone = valueAt(value, ['reconcile', 'timezone']);
  if (typeof timezone === 'string' && !isTimezone(timezone))
    found.push({
      path: [...base, 'reconcile', 'timezone'],
      of: 'value',
      message: `"${timezone}" is not a time zone: write Europe/Berlin or UTC`,
    });
  if (typeof cron === 'string' && cron !== 'off' && !isCron(cron))
    found.push({
      path: [...base, 'reconcile', 'cron'],
      of: 'value',
      message: `"${cron}" is not a cron line: write "0 2 * * *" for two at night, or off`,
    });
  return found;
}

function isCron(line: string): boolean {
  try {
    return new Cron(line, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isSameStore(source: Opened | null, target: Opened | null): boolean {
  if (source === null || target === null || source.part.platform !== target.part.platform) return false;
  return source.platform.address(source.part.config as never) === target.platform.address(target.part.config as never);
}
