import type { FactStore } from './fact-store.ts';
import type { FactValue } from './fact-kinds.ts';

export type Alarm = { readonly id: string; readonly value: FactValue<'alarm'> };

/** Alarms that no comparison has answered yet. One that rings again while it is being answered stays open. */
export async function listOpenAlarms(
  facts: Pick<FactStore, 'list' | 'getMany'>,
  pair: string,
): Promise<readonly Alarm[]> {
  const alarms: Alarm[] = [];
  for await (const alarm of facts.list(pair, 'alarm')) alarms.push(alarm);
  const answers = await facts.getMany(
    pair,
    'answered',
    alarms.map(({ id }) => id),
  );
  return alarms.filter(({ value }, index) => answers[index]?.alarmAt !== value.at);
}
