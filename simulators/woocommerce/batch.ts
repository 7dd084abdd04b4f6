import { RestError } from './errors.ts';
import type { Call, Reply } from './route.ts';
import { ok } from './route.ts';
import type { Body } from './values.ts';
import { bodiesOf, integerOf } from './values.ts';

export type BatchVerbs = {
  readonly create: (body: Body) => unknown;
  readonly update: (id: number, body: Body) => unknown;
  readonly delete: (id: number) => unknown;
};

/** Rows are applied one by one; whatever becomes of them the answer is 200, with an `error` in each row that failed. */
export function runBatch(call: Call, verbs: BatchVerbs): Reply {
  const { body } = call;
  const creates = bodiesOf(body['create']);
  const updates = bodiesOf(body['update']);
  const deletes = Array.isArray(body['delete']) ? body['delete'].map(integerOf) : [];
  if (creates.length + updates.length + deletes.length > 100) {
    const why = 'Unable to accept more than 100 items for this request.';
    throw new RestError('woocommerce_rest_request_entity_too_large', why, 413);
  }
  let left = call.onlyItems ?? Number.POSITIVE_INFINITY;
  const row = (id: number | null, run: () => unknown): unknown => {
    left -= 1;
    if (left < 0) return { id };
    try {
      return run();
    } catch (error) {
      if (error instanceof RestError) return { id, error: error.body };
      throw error;
    }
  };
  const answer: Record<string, unknown> = {};
  if (creates.length > 0) answer['create'] = creates.map((sent) => row(0, () => verbs.create(sent)));
  if (updates.length > 0) {
    answer['update'] = updates.map((sent) => {
      const id = sent['id'] === undefined ? null : integerOf(sent['id']);
      return row(id, () => verbs.update(id ?? 0, sent));
    });
  }
  if (deletes.length > 0) answer['delete'] = deletes.map((id) => row(id, () => verbs.delete(id)));
  return ok(Object.keys(answer).length === 0 ? [] : answer);
}
