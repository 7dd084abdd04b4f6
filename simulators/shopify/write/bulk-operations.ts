import type { Context, ResolverMap } from '../context.ts';
import { userError } from '../graphql-errors.ts';
import type { UserErrorRecord } from '../records.ts';
import type { BulkOperationRecord } from '../app-records.ts';
import { numberOf, type World } from '../world.ts';

type Payload = {
  readonly bulkOperation: BulkOperationRecord | null | undefined;
  readonly userErrors: readonly UserErrorRecord[];
};
type Staged = { readonly filename: string; readonly resource: string; readonly mimeType: string };
const AT_ONCE = 5;

export const bulkMutations: ResolverMap[string] = {
  bulkOperationRunQuery: (_: unknown, { query }: { query: string }, context) => {
    const problems = context.bulk.validate(query);
    if (problems.length > 0)
      return { bulkOperation: null, userErrors: problems.map((problem) => userError(['query'], problem, 'INVALID')) };
    return start(context, 'QUERY', () => context.bulk.run(query));
  },
  bulkOperationRunMutation: (
    _: unknown,
    { mutation, stagedUploadPath }: { mutation: string; stagedUploadPath: string },
    context,
  ) => {
    const upload = context.bulk.staged(stagedUploadPath);
    if (upload === undefined)
      return {
        bulkOperation: null,
        userErrors: [
          userError(null, 'The JSONL file could not be found. Try uploading the file again.', 'NO_SUCH_FILE'),
        ],
      };
    const inputs = upload.split('\n').filter((line) => line.trim() !== '');
    return start(context, 'MUTATION', () => ({
      lines: inputs.map((line, index) =>
        JSON.stringify({
          ...(context.bulk.runMutation(mutation, JSON.parse(line) as Record<string, unknown>) as Record<
            string,
            unknown
          >),
          __lineNumber: index,
        }),
      ),
      roots: inputs.length,
    }));
  },
  bulkOperationCancel: (_: unknown, { id }: { id: string }, { world }): Payload => {
    const known = world.bulkOperations.get(id);
    if (known === undefined)
      return { bulkOperation: null, userErrors: [userError(['id'], 'Bulk operation does not exist')] };
    if (!isUnderWay(known))
      return {
        bulkOperation: known,
        userErrors: [userError(['id'], `A bulk operation cannot be canceled when it is ${known.status.toLowerCase()}`)],
      };
    world.schedule(0, () => world.bulkOperations.update(id, { status: 'CANCELED', completedAt: world.stamp() }));
    return { bulkOperation: world.bulkOperations.update(id, { status: 'CANCELING' }), userErrors: [] };
  },
  stagedUploadsCreate: (_: unknown, { input }: { input: readonly Staged[] }, { bulk }) => ({
    stagedTargets: input.map(({ filename, mimeType }) => {
      const { url, path } = bulk.stage(filename);
      return {
        url,
        resourceUrl: null,
        parameters: [
          { name: 'key', value: path },
          { name: 'Content-Type', value: mimeType },
        ],
      };
    }),
    userErrors: [],
  }),
};

function isUnderWay({ status }: BulkOperationRecord): boolean {
  return status === 'CREATED' || status === 'RUNNING';
}

/** Asynchronous: CREATED in the answer, RUNNING when asked, COMPLETED with a file after `bulkMs`. Not a snapshot of when it was started. */
function start(
  context: Context,
  type: BulkOperationRecord['type'],
  work: () => { readonly lines: readonly string[]; readonly roots: number },
): Payload {
  const { world, bulk } = context;
  const running = world.bulkOperations.all().filter((operation) => operation.type === type && isUnderWay(operation));
  if (running.length >= AT_ONCE) {
    const word = type === 'QUERY' ? 'query' : 'mutation';
    const message = `A bulk ${word} operation for this app and shop is already in progress: ${running.map(({ id }) => id).join(', ')}.`;
    return { bulkOperation: null, userErrors: [userError(null, message, 'OPERATION_IN_PROGRESS')] };
  }
  const created = insertOperation(world, type);
  world.schedule(0, () => {
    if (world.bulkOperations.get(created.id)?.status === 'CREATED')
      world.bulkOperations.update(created.id, { status: 'RUNNING' });
  });
  world.schedule(world.settings.bulkMs, () => {
    const operation = world.bulkOperations.get(created.id);
    if (operation === undefined || !isUnderWay(operation)) return;
    const { lines, roots } = work();
    const body = lines.map((line) => `${line}\n`).join('');
    world.bulkOperations.update(created.id, {
      status: 'COMPLETED',
      completedAt: world.stamp(),
      objectCount: String(lines.length),
      rootObjectCount: String(roots),
      fileSize: String(Buffer.byteLength(body)),
      url: lines.length === 0 ? null : bulk.publish(numberOf(created.id), body),
    });
  });
  return { bulkOperation: created, userErrors: [] };
}

function insertOperation(world: World, type: BulkOperationRecord['type']): BulkOperationRecord {
  return world.bulkOperations.insert({
    id: world.gid('BulkOperation'),
    type,
    status: 'CREATED',
    errorCode: null,
    createdAt: world.stamp(),
    completedAt: null,
    objectCount: '0',
    rootObjectCount: '0',
    fileSize: null,
    url: null,
  });
}
