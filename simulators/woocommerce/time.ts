/** WordPress keeps whole seconds, a site-local and a UTC form of each, neither with a zone. */
export function gmtOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

export function localOf(gmt: string, offsetMinutes: number): string {
  return gmtOf(msOfGmt(gmt) + offsetMinutes * 60_000);
}

export function msOfGmt(gmt: string): number {
  return Date.parse(`${gmt}Z`);
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?)?(?<zone>Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A moment as a caller writes it, in whole seconds of the epoch: with a zone it is that moment;
 * without one it is read with the given offset.
 */
export function parseMoment(text: string, offsetMinutes: number): number | null {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return null;
  const zone = match.groups?.['zone'];
  const bare = zone === undefined ? text.trim() : text.trim().slice(0, -zone.length);
  const full = bare.length === 10 ? `${bare}T00:00:00` : bare.replace(' ', 'T');
  const utc = Date.parse(`${full}Z`);
  if (Number.isNaN(utc)) return null;
  return zone === undefined ? utc - offsetMinutes * 60_000 : utc - zoneMinutes(zone) * 60_000;
}

export function hasZone(text: string): boolean {
  return DATE_TIME.exec(text.trim())?.groups?.['zone'] !== undefined;
}

function zoneMinutes(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}
