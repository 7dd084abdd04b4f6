import type { BulkPort } from './context.ts';
import { bulkProblems } from './bulk-rules.ts';
import type { Executor } from './executor.ts';
import type { Files } from './server.ts';
import type { Author } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

/** Bulk operations: queries run against the store as it is, unpaged; results are files on the same server. */
export function createBulk({ author, shop, random }: { author: () => Author; shop: string; random: () => number }): {
  readonly port: BulkPort;
  readonly files: Files;
  readonly attach: (executor: Executor, url: () => string) => void;
} {
  const files = new Map<string, string>();
  const staged = new Set<string>();
  let attached: { executor: Executor; url: () => string } | undefined;
  const need = (): { executor: Executor; url: () => string } => {
    if (attached === undefined) throw new Error('Cannot run a bulk operation: nothing executes it');
    return attached;
  };
  const runAlone = (query: string, variables: Row, unpaged: boolean): Row => {
    const prepared = need().executor.prepare({ query, variables, operationName: undefined });
    if ('errors' in prepared) return { errors: prepared.errors.map(({ message }) => ({ message })) };
    const { result } = need().executor.run(prepared, { author: author(), unpaged });
    return {
      ...(result.errors === undefined ? {} : { errors: result.errors.map(({ message }) => ({ message })) }),
      data: result.data,
    };
  };

  return {
    port: {
      run(query) {
        const { data } = runAlone(query, {}, true);
        const root = Object.values((data ?? {}) as Row)[0];
        const rows = isConnection(root) ? root.edges.flatMap(({ node }) => flatten(node, undefined)) : [];
        return { lines: rows.map((row) => JSON.stringify(row)), roots: isConnection(root) ? root.edges.length : 0 };
      },
      validate: (query) => bulkProblems(need().executor.schema, query),
      publish(id, body) {
        const name = `bulk-${id}.jsonl`;
        files.set(name, body);
        return `${need().url()}/files/${name}`;
      },
      stage(filename) {
        const path = `tmp/${shop}/bulk/${Math.floor(random() * 2 ** 48).toString(16)}/${filename}`;
        staged.add(path);
        return { url: `${need().url()}/files/${path}`, path };
      },
      staged: (path) => files.get(path),
      runMutation: (mutation, variables) => runAlone(mutation, variables, false),
    },
    files: {
      read: (name) => files.get(name),
      write(name, body) {
        if (!staged.has(name)) return false;
        files.set(name, body);
        return true;
      },
    },
    attach: (executor, url) => {
      attached = { executor, url };
    },
  };
}

type EdgeList = { readonly edges: readonly { readonly node: Row }[] };

function isConnection(value: unknown): value is EdgeList {
  return typeof value === 'object' && value !== null && Array.isArray((value as { edges?: unknown }).edges);
}

/** One line for each object, children after their parent and pointing at it. */
function flatten(node: Row, parentId: unknown): Row[] {
  const own: Record<string, unknown> = {};
  const children: Row[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (isConnection(value)) children.push(...value.edges.flatMap((edge) => flatten(edge.node, node['id'])));
    else own[field] = value;
  }
  return [{ ...own, ...(parentId === undefined ? {} : { __parentId: parentId }) }, ...children];
}
