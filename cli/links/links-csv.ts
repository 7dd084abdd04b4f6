import { csvLine } from '../../services/reconciler/report/csv.ts';

/** One link as a line of CSV has it. Variants name their products on both sides as well. */
export type LinkRow = {
  readonly entity: 'product' | 'variant' | 'order' | 'customer';
  readonly sourceId: string;
  readonly targetId: string;
  readonly sourceProductId: string | null;
  readonly targetProductId: string | null;
};

const HEAD = ['entity', 'source_id', 'target_id', 'source_product_id', 'target_product_id'] as const;
const ENTITIES = ['product', 'variant', 'order', 'customer'] as const;

export function linksCsv(rows: readonly LinkRow[]): string {
  const lines = rows.map((row) =>
    csvLine([row.entity, row.sourceId, row.targetId, row.sourceProductId ?? '', row.targetProductId ?? '']),
  );
  return [csvLine(HEAD), ...lines].join('');
}

export type ParsedLinks = {
  readonly rows: readonly (LinkRow & { readonly line: number })[];
  /** What is wrong, each with its line. */
  readonly mistakes: readonly string[];
};

/** Reads links from CSV with a head line; comma, semicolon or tab. Tells every mistake at once. Pure. */
export function parseLinksCsv(text: string): ParsedLinks {
  const [head, ...body] = parseCsv(text.replace(/^\uFEFF/, ''));
  const names = (head?.cells ?? []).map((name) => name.trim().toLowerCase());
  const missing = HEAD.slice(0, 3).filter((name) => !names.includes(name));
  if (missing.length > 0)
    return { rows: [], mistakes: [`1: the head line lacks ${missing.join(', ')}; it reads ${HEAD.join(',')}`] };
  const mistakes: string[] = [];
  const rows: (LinkRow & { readonly line: number })[] = [];
  const seen = new Map<string, number>();
  for (const { line, cells } of body) {
    const cell = (name: (typeof HEAD)[number]) => (cells[names.indexOf(name)] ?? '').trim();
    const entity = ENTITIES.find((one) => one === cell('entity').toLowerCase());
    const [sourceId, targetId] = [bareId(cell('source_id')), bareId(cell('target_id'))];
    if (entity === undefined) mistakes.push(`${line}: "${cell('entity')}" is none of ${ENTITIES.join(', ')}`);
    else if (sourceId === '' || targetId === '') mistakes.push(`${line}: an id is missing`);
    else {
      const twice = [`source ${entity} ${sourceId}`, `target ${entity} ${targetId}`].find((key) => seen.has(key));
      if (twice !== undefined) mistakes.push(`${line}: ${twice} stands on line ${seen.get(twice) ?? 0} already`);
      seen.set(`source ${entity} ${sourceId}`, line).set(`target ${entity} ${targetId}`, line);
      const within = {
        sourceProductId: bareId(cell('source_product_id')),
        targetProductId: bareId(cell('target_product_id')),
      };
      if (entity === 'variant' && (within.sourceProductId === '' || within.targetProductId === ''))
        mistakes.push(`${line}: a variant needs source_product_id and target_product_id`);
      rows.push({
        line,
        entity,
        sourceId,
        targetId,
        sourceProductId: within.sourceProductId || null,
        targetProductId: within.targetProductId || null,
      });
    }
  }
  return { rows, mistakes };
}

/** `gid://shopify/Product/7` → `7`; a formula's apostrophe goes. */
function bareId(text: string): string {
  return text.replace(/^'/, '').replace(/^gid:\/\/\S+\//, '');
}

type CsvLine = { readonly line: number; readonly cells: readonly string[] };

function parseCsv(text: string): readonly CsvLine[] {
  const separator = [',', ';', '\t'].find((one) => (text.split('\n', 1)[0] ?? '').includes(one)) ?? ',';
  const lines: CsvLine[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let [line, begun] = [1, 1];
  const endLine = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) lines.push({ line: begun, cells });
    cells = [];
    cell = '';
    begun = line;
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\n') line += 1;
    if (quoted && char === '"' && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (!quoted && char === separator) {
      cells.push(cell);
      cell = '';
    } else if (!quoted && char === '\n') endLine();
    else if (quoted || char !== '\r') cell += char;
  }
  endLine();
  return lines;
}
