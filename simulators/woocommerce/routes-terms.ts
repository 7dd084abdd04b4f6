import { RestError } from './errors.ts';
import { checkListParams, pageOf } from './list.ts';
import type { Rendered } from './render-product.ts';
import { apiUrl, itemLinks } from './render-product.ts';
import type { Call, Reply, Route } from './route.ts';
import { WRITES, created, idOf, ok } from './route.ts';
import { insertRow, updateRow } from './shop.ts';
import type { Category, Product } from './types.ts';
import { integerOf, slugOf, storedTitle, textOf } from './values.ts';

/** Categories, tags and brands: terms that are alike but for categories having parents. */

type Kind = {
  readonly table: 'category' | 'tag' | 'brand';
  readonly path: string;
  readonly of: (product: Product) => readonly number[];
};

const KINDS: readonly Kind[] = [
  { table: 'category', path: 'products/categories', of: ({ category_ids }) => category_ids },
  { table: 'tag', path: 'products/tags', of: ({ tags }) => tags.map(({ id }) => id) },
  { table: 'brand', path: 'products/brands', of: ({ brands = [] }) => brands.map(({ id }) => id) },
];

function render(call: Call, kind: Kind, term: Category): Rendered {
  const { id, name, slug, parent, description } = term;
  const products = [...call.shop.tables.product.values()];
  const count = products.filter((product) => product.status === 'publish' && kind.of(product).includes(id)).length;
  const links = itemLinks(apiUrl(call.shop, `${kind.path}/${id}`), apiUrl(call.shop, kind.path));
  if (kind.table === 'tag') return { id, name, slug, description, count, _links: links };
  return { id, name, slug, parent, description, display: 'default', image: null, menu_order: 0, count, _links: links };
}

function list(call: Call, kind: Kind): Reply {
  checkListParams(call, { orderby: ['id', 'include', 'name', 'slug', 'term_group', 'description', 'count'] });
  const direction = call.query['order'] === 'desc' ? -1 : 1;
  const slug = textOf(call.query['slug']);
  const search = textOf(call.query['search']).toLowerCase();
  const byId = call.query['orderby'] === 'id';
  const rows = [...call.shop.tables[kind.table].values()]
    .filter((term) => (slug === '' || term.slug === slug) && term.name.toLowerCase().includes(storedTitle(search)))
    .toSorted((a, b) => direction * (byId ? a.id - b.id : a.name < b.name ? -1 : 1));
  return pageOf(call, rows, (term) => render(call, kind, term));
}

/** Whether the name is taken is looked at first; two that are made at the same time are two. */
async function post(call: Call, kind: Kind): Promise<Reply> {
  const { shop, body } = call;
  const name = storedTitle(textOf(body['name']));
  const parent = integerOf(body['parent']);
  const twin = [...shop.tables[kind.table].values()].find(
    (other) => other.name.toLowerCase() === name.toLowerCase() && other.parent === parent,
  );
  if (twin !== undefined) {
    const why = 'A term with the name provided already exists with this parent.';
    throw new RestError('term_exists', why, 400, { resource_id: twin.id });
  }
  await shop.meanwhile();
  const slug = textOf(body['slug']) || slugOf(name);
  const term = { id: shop.nextId('term'), name, slug, parent, description: textOf(body['description']) };
  insertRow(shop, kind.table, term, call.cause);
  return created(render(call, kind, term), apiUrl(shop, `${kind.path}/${term.id}`));
}

function termOf(call: Call, kind: Kind): Category {
  const term = call.shop.tables[kind.table].get(idOf(call));
  if (term === undefined) throw new RestError('woocommerce_rest_term_invalid', 'Resource does not exist.', 404);
  return term;
}

/** Renaming a term moves no product's clock and is no news. */
function put(call: Call, kind: Kind): Reply {
  const term = termOf(call, kind);
  const name = call.body['name'] === undefined ? term.name : storedTitle(textOf(call.body['name']));
  return ok(render(call, kind, updateRow(call.shop, kind.table, term.id, { name }, call.cause, true)));
}

export const TERM_ROUTES: readonly Route[] = KINDS.flatMap((kind): Route[] => [
  { verbs: ['GET'], path: kind.path, access: 'list', handle: (call) => list(call, kind) },
  { verbs: ['POST'], path: kind.path, access: 'create', handle: (call) => post(call, kind) },
  {
    verbs: ['GET'],
    path: `${kind.path}/{id}`,
    access: 'view',
    handle: (call) => ok(render(call, kind, termOf(call, kind))),
  },
  { verbs: WRITES, path: `${kind.path}/{id}`, access: 'edit', handle: (call) => put(call, kind) },
]);
