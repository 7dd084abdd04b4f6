/** Id of the alarm by which an approval asks for a full comparison. */
export const APPROVED = 'approved';
/** Id of the alarm by which the end of a hold asks for one: comparisons wrote nothing of what was held, nor will news of a held field come again. */
export const RESUMED = 'resumed';

/** Whether what is behind the alarm is answered only by a comparison that writes, whatever the schedule's own runs do. */
export function wantsRepair(id: string): boolean {
  return id === APPROVED || id === RESUMED;
}
