import { missingHistory } from '#libs/fields/agree.ts';
import type { HistoryEntry } from '#libs/model/order.ts';
import { decodeEntities } from './html-entities.ts';
import { readNoteText, toNoteText } from './woocommerce-marks.ts';
import type { StepFailure, StepParts } from './woocommerce-write-orders.ts';
import type { WriteSession } from './woocommerce-write-session.ts';
import { noteWireSchema } from './woocommerce-wire.ts';

/**
 * Appends history as private notes, each once and in order. What is there already shows by the mark in its text, since a note
 * posted twice is two; so the notes are read in the same breath, and the first that is not answered ends it.
 */
export async function appendNotes(
  orderId: string,
  entries: readonly HistoryEntry[],
  session: WriteSession,
  { client }: Pick<StepParts, 'client'>,
): Promise<StepFailure | null> {
  const path = `/orders/${orderId}/notes`;
  const request = { path, query: { _fields: 'id,note,customer_note,date_created_gmt' } };
  const { data } = await client.get(
    noteWireSchema.array(),
    { ...request, action: `list the notes of order ${orderId}` },
    session.call,
  );
  const there = data.flatMap(({ note }) => readNoteText(decodeEntities(note)) ?? []);
  for (const entry of missingHistory(entries, there)) {
    // Never for the customer: that would mail them.
    const body = { note: toNoteText(entry), customer_note: false };
    const sent = await session.send(noteWireSchema, {
      method: 'POST',
      path,
      body,
      action: `append to the history of order ${orderId}`,
    });
    if (!sent.ok) return sent.failure;
  }
  return null;
}
