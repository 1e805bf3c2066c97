// Local times of a zone as instants: what a person types, and where a calendar day begins.

const MIDNIGHT = '00:00:00';
const TYPED = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?$/;

/** `2026-11-07 02:14:20` in a zone, in milliseconds; null if it is no time. Seconds may be left out. */
export function instantOf(typed: string, zone: string | undefined): number | null {
  const [, date, minute, second = ':00'] = TYPED.exec(typed.trim()) ?? [];
  if (date === undefined || minute === undefined) return null;
  const utc = Date.parse(`${date}T${minute}${second}Z`);
  // Some engines read 31 February as 3 March.
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 19) !== `${date}T${minute}${second}`) return null;
  return zoned(utc, zone);
}

/** [start, end) of a calendar day in a zone. */
export function dayWindow(date: string, zone: string): [number, number] {
  const midnight = (day: string) => zoned(Date.parse(`${day}T${MIDNIGHT}Z`), zone);
  return [midnight(date), midnight(nextDay(date))];
}

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T${MIDNIGHT}Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The offset is read twice, so a zone change is right. */
function zoned(utc: number, zone: string | undefined): number {
  const first = utc - offset(utc, zone);
  return utc - offset(first, zone);
}

function offset(at: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at);
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(parts.find((p) => p.type === 'timeZoneName')?.value ?? '');
  if (match === null) return 0;
  const size = (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  return match[1] === '-' ? -size : size;
}
