import { entityOf } from '#libs/fields/field-names.ts';
import type { Selection } from '#libs/fields/field-names.ts';
import { isSyncError, SYNC_ERRORS } from '#libs/runtime/sync-error.ts';
import type { CallContext, Finding, MailSwitch, StoreConnector } from '../store-connector.ts';
import { findAuth } from './woocommerce-check-auth.ts';
import type { TryAuth } from './woocommerce-check-auth.ts';
import { checkTarget } from './woocommerce-check-target.ts';
import type { WooClient } from './woocommerce-client.ts';
import { checkTracking } from './woocommerce-check-tracking.ts';
import { authMode } from './woocommerce-config.ts';
import type { WooCommerceConfig } from './woocommerce-config.ts';
import type { ListRoots } from './woocommerce-read.ts';
import type { Shop } from './woocommerce-shop.ts';
import { idOnlySchema } from './woocommerce-wire.ts';
import type { TrackingWriter } from './woocommerce-write-tracking.ts';

export type CheckParts = {
  readonly config: WooCommerceConfig;
  readonly client: WooClient;
  readonly shop: Shop;
  readonly listRoots: ListRoots;
  readonly tryAuth: TryAuth;
  readonly mails: MailSwitch;
  readonly trackingWriter: TrackingWriter;
  readonly readable: StoreConnector['capabilities']['readable'];
};

export function createCheck(parts: CheckParts): StoreConnector['check'] {
  return async (role, selection, call) => {
    const shop = await checkShop(parts, call);
    // What follows would say the same thing again.
    if (shop.some(({ level }) => level === 'problem')) return [...shop, ...checkTransport(parts.config)];
    return [
      ...shop,
      ...checkTransport(parts.config),
      ...checkFields(parts, selection),
      ...(await checkScopes(parts, selection, call)),
      ...(role === 'source'
        ? await checkParcels(parts, selection, call)
        : await checkTarget({ ...parts, tracking: parts.trackingWriter }, selection, call)),
    ];
  };
}

async function checkParcels(parts: CheckParts, selection: Selection, call: CallContext): Promise<Finding[]> {
  if (!selection.has('order.tracking')) return [];
  try {
    return [await checkTracking({ ...parts, tracking: parts.config.tracking }, call)];
  } catch (error) {
    return [fromError(error, parts.config)];
  }
}

async function checkShop({ config, shop, tryAuth }: CheckParts, call: CallContext): Promise<Finding[]> {
  try {
    const { name, version, currency, taxesIncluded } = await shop.identify(call);
    return [
      ok('reachable', `${name} runs WooCommerce ${version}`),
      ok(
        'currency',
        `Prices are in ${currency}${taxesIncluded === null ? '' : taxesIncluded ? ', with tax' : ', without tax'}`,
      ),
      ...checkVersion(version),
      ...checkHome(config, name),
    ];
  } catch (error) {
    const finding = fromError(error, config);
    const mode = finding.topic === 'scopes' ? await findAuth(config, tryAuth, call) : null;
    if (mode === null) return [finding];
    return [problem('auth', finding.message, `Write auth: ${mode}; shown that way the shop takes this key`)];
  }
}

/** The oldest whose answers were looked at is 10.2; `orderby=modified` came with 5.8. */
function checkVersion(version: string): Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 5 || (major === 5 && minor >= 8)) return [];
  return [
    problem('version', `WooCommerce ${version} cannot list what has changed`, 'Update WooCommerce to 5.8 or later'),
  ];
}

function checkHome(config: WooCommerceConfig, home: string): Finding[] {
  const [configured, own] = [config.url, home].map((url) => URL.parse(url)?.host);
  if (configured === own) return [];
  return [
    warning(
      'address',
      `The shop calls itself ${home}`,
      'Put that address into url unless it is reached by another on purpose',
    ),
  ];
}

function checkTransport(config: WooCommerceConfig): Finding[] {
  if (config.url.startsWith('https:')) return [];
  const mode = authMode(config);
  if (mode === 'oauth1')
    return [
      warning(
        'transport',
        'The shop is asked over plain http: people’s data is readable on the way',
        'Use https unless the shop is on this network',
      ),
    ];
  return [
    warning(
      'transport',
      `The key is sent in the ${mode} over plain http, where WordPress ignores it unless a proxy says that it was https`,
      'Use https, or auth: oauth1',
    ),
  ];
}

function checkFields({ readable }: CheckParts, selection: Selection): Finding[] {
  return [...selection]
    .filter((field) => !readable.has(field))
    .map((field) => problem('fields', `WooCommerce does not say ${field}`, 'Take it out of the selection'));
}

/** One row of each kind that is looked at, as the key is allowed to see it. */
async function checkScopes(
  { config, client }: CheckParts,
  selection: Selection,
  call: CallContext,
): Promise<Finding[]> {
  const entities = new Set([...selection].map(entityOf));
  const paths = [
    ...(entities.has('product') || entities.has('variant') ? ['products'] : []),
    ...(entities.has('order') ? ['orders'] : []),
    ...(entities.has('customer') ? ['customers'] : []),
  ];
  const findings = await Promise.all(
    paths.map(async (path): Promise<Finding> => {
      try {
        const request = { path: `/${path}`, query: { per_page: 1, _fields: 'id' }, action: `list ${path}` };
        await client.get(idOnlySchema.array(), request, call);
        return ok('scopes', path);
      } catch (error) {
        return fromError(error, config);
      }
    }),
  );
  const granted = findings.filter(({ level }) => level === 'ok').map(({ message }) => message);
  return [
    ...(granted.length === 0 ? [] : [ok('scopes', `The key may read ${granted.join(', ')}`)]),
    ...findings.filter(({ level }) => level !== 'ok'),
  ];
}

function fromError(error: unknown, config: WooCommerceConfig): Finding {
  if (!isSyncError(error)) throw error;
  if (error.code === 'STORE_UNAUTHORISED') {
    const isWall = error.hint !== SYNC_ERRORS.STORE_UNAUTHORISED.hint;
    return problem(isWall ? 'reachable' : 'scopes', error.message, isWall ? error.hint : authRemedy(config));
  }
  const { code, hint } = error;
  // Where it shows who answered, the remedy is for that; else it is for all that could stand there.
  const isGeneral = code === 'STORE_ANSWER_FOREIGN' && hint === SYNC_ERRORS.STORE_ANSWER_FOREIGN.hint;
  return problem('reachable', error.message, isGeneral ? FOREIGN_REMEDY : hint);
}

const FOREIGN_REMEDY = 'Check url: https, the host with or without www, and that nothing stands before /wp-json/wc/v3';

/** Each way of showing the key fails as if there were none. */
function authRemedy(config: WooCommerceConfig): string {
  const key = 'Make a key with read permission (read/write to register webhooks) for an administrator or shop manager';
  switch (authMode(config)) {
    case 'header':
      return `${key}; if it is right, the host may strip the header: try auth: query`;
    case 'query':
      return key;
    case 'oauth1':
      return `${key}; on http the url must be the home address, and the clocks must agree within 15 minutes`;
  }
}

function ok(topic: string, message: string): Finding {
  return { level: 'ok', topic, message };
}

function warning(topic: string, message: string, remedy: string): Finding {
  return { level: 'warning', topic, message, remedy };
}

function problem(topic: string, message: string, remedy: string): Finding {
  return { level: 'problem', topic, message, remedy };
}
