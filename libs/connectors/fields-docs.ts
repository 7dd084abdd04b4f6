import { SELECTABLE, fieldName, type FieldName } from '#libs/fields/field-names.ts';
import { customerSchema } from '#libs/model/customer.ts';
import type { OrderState } from '#libs/model/order.ts';
import { orderSchema } from '#libs/model/order.ts';
import { productSchema, variantSchema } from '#libs/model/product.ts';
import { ENTITY_KINDS, type EntityKind } from '#libs/model/stored.ts';
import type { StoreCapabilities } from './store-connector.ts';

/** What a platform declares, under the name that people know it by. */
export type DeclaredPlatform = { readonly label: string; readonly capabilities: StoreCapabilities };

const SCHEMAS = {
  product: productSchema,
  variant: variantSchema,
  order: orderSchema,
  customer: customerSchema,
} as const satisfies Record<EntityKind, unknown>;

/** docs/fields.md: what each connector declares that it can do, so that page and product cannot disagree. */
export function fieldsMarkdown(platforms: readonly DeclaredPlatform[]): string {
  return [
    '# Fields by platform',
    '',
    'Written by `npm run docs:fields` from what the connectors declare. What a field is called in the config stands in the first column;',
    'a config that selects what one of its two shops cannot do is refused, with the reason. The pages of the platforms',
    `(${platforms.map(({ label }) => `[${label}](${label.toLowerCase()}.md)`).join(', ')}) say where a shop keeps these, and what it does not let anybody do.`,
    '',
    ...ENTITY_KINDS.flatMap((entity) => fieldTable(entity, platforms)),
    ...entityTable(platforms),
    ...platforms.flatMap(statusTable),
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''];
}

function fieldTable(entity: EntityKind, platforms: readonly DeclaredPlatform[]): readonly string[] {
  const head = [
    'field',
    'what it says',
    ...platforms.flatMap(({ label }) => [`${label}, old shop`, `${label}, new shop`]),
  ];
  const rows = SELECTABLE[entity].map((field) => {
    const name = fieldName(entity, field);
    return [
      `\`${name}\``,
      meaningOf(entity, field),
      ...platforms.flatMap(({ capabilities }) => [
        capabilities.readable.has(name) ? 'read' : '–',
        writtenAs(name, capabilities),
      ]),
    ];
  });
  return [`## ${entity}`, '', ...table(head, rows)];
}

function meaningOf(entity: EntityKind, field: string): string {
  const shape: Readonly<Record<string, { readonly description?: string | undefined }>> = SCHEMAS[entity].shape;
  return (shape[field]?.description ?? '').replaceAll('|', String.raw`\|`);
}

function writtenAs(name: FieldName, { writable, compareAndSwap }: StoreCapabilities): string {
  if (!writable.has(name)) return '–';
  return compareAndSwap.has(name) ? 'written, if unchanged' : 'written';
}

const CAN: readonly (readonly [string, (capabilities: StoreCapabilities) => string])[] = [
  ['made in the new shop', ({ creatable }) => listed(creatable)],
  ['archived and restored there', ({ archivable }) => listed(archivable)],
  ['deleted there', ({ deletable }) => listed(deletable)],
  ['given source ids there (`stamp`)', ({ stampable }) => listed(stampable)],
  ['listed by change in the old shop (the sweep)', ({ changedSince }) => listed(changedSince)],
  [
    'could be made twice by a call that lands late, so looked for once more',
    ({ doublesPossible }) => listed(doublesPossible),
  ],
  ['open orders are held in the new shop', ({ holdsOrders }) => (holdsOrders ? 'yes' : 'no')],
  [
    'an order of which something was shipped can be cancelled',
    ({ cancelsShipped = true }) => (cancelsShipped ? 'yes' : 'no'),
  ],
  ['a call can take effect for so long after it was given up', ({ landingMs }) => `${String(landingMs / 1000)} s`],
];

function listed(kinds: ReadonlySet<string> | undefined): string {
  return kinds === undefined || kinds.size === 0 ? '–' : [...kinds].join(', ');
}

function entityTable(platforms: readonly DeclaredPlatform[]): readonly string[] {
  const rows = CAN.map(([what, of]) => [what, ...platforms.map(({ capabilities }) => of(capabilities))]);
  return ['## What else', '', ...table(['', ...platforms.map(({ label }) => label)], rows)];
}

function statusTable({ label, capabilities }: DeclaredPlatform): readonly string[] {
  const words = Object.entries(capabilities.orderStatuses ?? {});
  if (words.length === 0) return [];
  return [
    `## Order statuses of ${label}`,
    '',
    'What each word means unless `sync.order.map.status` says otherwise. A word that stands neither here nor there is `unmapped-value`.',
    '',
    ...table(
      ['word', 'payment', 'fulfilment', 'besides'],
      words.map(([word, state]) => [`\`${word}\``, state.payment, state.fulfilment, besides(state)]),
    ),
  ];
}

function besides({ cancelled, onHold }: OrderState): string {
  return [cancelled ? 'cancelled' : '', onHold ? 'on hold' : ''].filter((word) => word !== '').join(', ') || '–';
}
