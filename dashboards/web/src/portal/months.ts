// The months that a customer can choose: the running one and those before it.

const MONTHS = 6;

/** `chosen` is among them, even if it is older. */
export function lastMonths(running: string, chosen: string): string[] {
  const [year = 0, month = 1] = running.split('-').map(Number);
  const months = Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(year, month - 1 - back, 15)).toISOString().slice(0, 7));
  return months.includes(chosen) ? months : [chosen, ...months];
}
