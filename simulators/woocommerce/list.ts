import type { InvalidParam } from './errors.ts';
import { invalidParams } from './errors.ts';
import type { Call, Reply } from './route.ts';
import { hasZone, localOf, gmtOf, parseMoment } from './time.ts';
import { booleanOf, idsOf, integerOf, textOf } from './values.ts';

/** What all lists share: paging, order, dates, `include`. */

export type Listed = {
  readonly id: number;
  readonly date_created_gmt: string;
  readonly date_modified_gmt: string | null;
};

export type ListRules = {
  readonly orderby: readonly string[];
  /** Absent: the list has no `status`. */
  readonly statuses?: readonly string[];
  /** Several statuses may be asked for; the message then counts them. */
  readonly manyStatuses?: boolean;
};

export function checkListParams(call: Call, rules: ListRules): void {
  const { query } = call;
  const found: InvalidParam[] = [];
  const inEnum = (param: string, value: string, allowed: readonly string[], label = param): void => {
    if (allowed.includes(value)) return;
    found.push({ param, code: 'rest_not_in_enum', message: `${label} is not one of ${enumText(allowed)}.` });
  };
  if (query['page'] !== undefined && integerOf(query['page']) < 1) {
    found.push({ param: 'page', code: 'rest_out_of_bounds', message: 'page must be greater than or equal to 1' });
  }
  if (query['per_page'] !== undefined && (integerOf(query['per_page']) < 1 || integerOf(query['per_page']) > 100)) {
    const message = 'per_page must be between 1 (inclusive) and 100 (inclusive)';
    found.push({ param: 'per_page', code: 'rest_out_of_bounds', message });
  }
  for (const param of ['after', 'before', 'modified_after', 'modified_before']) {
    if (query[param] === undefined || parseMoment(textOf(query[param]), 0) !== null) continue;
    found.push({ param, code: 'rest_invalid_date', message: 'Invalid date.' });
  }
  if (query['order'] !== undefined) inEnum('order', textOf(query['order']), ['asc', 'desc']);
  if (query['orderby'] !== undefined) inEnum('orderby', textOf(query['orderby']), rules.orderby);
  const status = textOf(query['status']);
  if (rules.statuses !== undefined && status !== '') {
    if (rules.manyStatuses !== true) inEnum('status', status, rules.statuses);
    else
      status.split(',').forEach((one, index) => inEnum('status', one.trim(), rules.statuses ?? [], `status[${index}]`));
  }
  if (found.length > 0) throw invalidParams(found);
}

export function enumText(allowed: readonly string[]): string {
  return `${allowed.slice(0, -1).join(', ')}, and ${allowed.at(-1) ?? ''}`;
}

/** Rows that the dates and ids of the query let through. */
export function filtered<R extends Listed>(call: Call, rows: Iterable<R>): R[] {
  const { query, shop } = call;
  const areGmt = booleanOf(query['dates_are_gmt']);
  const offset = shop.settings.offsetMinutes;
  const include = query['include'] === undefined ? undefined : new Set(idsOf(query['include']));
  const exclude = new Set(idsOf(query['exclude']));
  const column = (gmt: string | null): string => (gmt === null ? '' : areGmt ? gmt : localOf(gmt, offset));
  // A value with a zone is turned into the shop's local time first, whatever the flag says: `Z` plus the flag is off by the offset.
  const bound = (param: string): string | undefined => {
    const text = textOf(query[param]);
    const moment = text === '' ? null : parseMoment(text, 0);
    if (moment === null) return undefined;
    return hasZone(text) ? localOf(gmtOf(moment), offset) : gmtOf(moment);
  };
  const bounds = [
    { at: bound('after'), of: (row: R) => column(row.date_created_gmt), later: true },
    { at: bound('before'), of: (row: R) => column(row.date_created_gmt), later: false },
    { at: bound('modified_after'), of: (row: R) => column(row.date_modified_gmt), later: true },
    { at: bound('modified_before'), of: (row: R) => column(row.date_modified_gmt), later: false },
  ];
  const passes = (row: R): boolean =>
    (include === undefined || include.size === 0 || include.has(row.id)) &&
    !exclude.has(row.id) &&
    bounds.every(({ at, of, later }) => at === undefined || (later ? of(row) > at : of(row) < at));
  return [...rows].filter(passes);
}

/** Newest first unless told otherwise; equal ones by id in the same direction. */
export function ordered<R extends Listed>(call: Call, rows: R[], text?: (row: R) => string): R[] {
  const { query } = call;
  const orderby = textOf(query['orderby']) || 'date';
  const direction = query['order'] === 'asc' ? 1 : -1;
  if (orderby === 'include') {
    const ids = idsOf(query['include']);
    return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }
  const key = (row: R): string => {
    if (orderby === 'modified') return row.date_modified_gmt ?? '';
    if (orderby === 'date') return row.date_created_gmt;
    return orderby === 'title' || orderby === 'slug' ? (text?.(row) ?? '') : '';
  };
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    return direction * (left === right ? a.id - b.id : left < right ? -1 : 1);
  });
}

export function pageOf<R>(call: Call, rows: readonly R[], render: (row: R) => unknown): Reply {
  const { query } = call;
  const perPage = query['per_page'] === undefined ? 10 : integerOf(query['per_page']);
  const page = query['page'] === undefined ? 1 : integerOf(query['page']);
  const offset = query['offset'] === undefined ? (page - 1) * perPage : integerOf(query['offset']);
  const pages = Math.ceil(rows.length / perPage);
  const links: string[] = [];
  if (page > 1 && pages > 0) links.push(`<${pageUrl(call.url, Math.min(page - 1, pages))}>; rel="prev"`);
  if (page < pages) links.push(`<${pageUrl(call.url, page + 1)}>; rel="next"`);
  return {
    status: 200,
    body: rows.slice(offset, offset + perPage).map(render),
    headers: {
      'X-WP-Total': String(rows.length),
      'X-WP-TotalPages': String(pages),
      ...(links.length === 0 ? {} : { Link: links.join(', ') }),
    },
  };
}

function pageUrl(url: URL, page: number): string {
  const next = new URL(url);
  next.searchParams.set('page', String(page));
  return next.href;
}
