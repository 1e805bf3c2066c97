// What the audit log is sifted by.

/** How an act's word begins, before its dot. */
export const KINDS: readonly string[] = ['', 'session', 'user', 'token', 'password', 'correction', 'credit', 'report'];
/** How far back. */
export const SPANS: readonly string[] = ['', '24h', '7d', '31d'];

const HOUR_MS = 3_600_000;
const HOURS: Record<string, number> = { '24h': 24, '7d': 7 * 24, '31d': 31 * 24 };

/** The instant from which entries are shown, to the hour so that a page keeps its address; empty = all. */
export function sinceOf(span: string, now: number): string {
  const hours = HOURS[span];
  return hours === undefined ? '' : new Date(Math.floor(now / HOUR_MS) * HOUR_MS - hours * HOUR_MS).toISOString();
}
