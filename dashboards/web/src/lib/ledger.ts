// Sums and lanes of a ledger. Times are shown to the second, so a length is what lies between the two
// seconds that are shown: the parts of a whole then always add up to it.

export interface Span {
  start: string;
  end: string;
}

export interface Lane<T> {
  item: T;
  left: number;
  width: number;
}

/** Milliseconds, a whole number of seconds. */
export function lengthMs(span: Span): number {
  return wholeSecond(span.end) - wholeSecond(span.start);
}

function wholeSecond(at: string): number {
  return Math.floor(Date.parse(at) / 1000) * 1000;
}

/** Milliseconds per class, in the order of first appearance. */
export function sums<T extends Span>(items: readonly T[], classOf: (item: T) => string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const item of items) {
    const key = classOf(item);
    totals.set(key, (totals.get(key) ?? 0) + lengthMs(item));
  }
  return totals;
}

export function total(items: readonly Span[]): number {
  return items.reduce((sum, item) => sum + lengthMs(item), 0);
}

/** Positions in percent of [start, end); items outside are left out, edges are cut. */
export function lanes<T extends Span>(items: readonly T[], start: number, end: number): Lane<T>[] {
  const whole = end - start;
  if (whole <= 0) return [];
  return items.flatMap((item) => {
    const from = Math.max(start, Date.parse(item.start));
    const to = Math.min(end, Date.parse(item.end));
    if (to <= from) return [];
    return [{ item, left: ((from - start) / whole) * 100, width: ((to - from) / whole) * 100 }];
  });
}

/** Cuts items to a window; what lies outside is dropped. */
export function within<T extends Span>(items: readonly T[], start: number, end: number): T[] {
  return items.flatMap((item) => {
    const from = Math.max(start, Date.parse(item.start));
    const to = Math.min(end, Date.parse(item.end));
    if (to <= from) return [];
    const same = from === Date.parse(item.start) && to === Date.parse(item.end);
    return [same ? item : { ...item, start: new Date(from).toISOString(), end: new Date(to).toISOString() }];
  });
}

/** Tick labels that do not touch: every edge, unless it is closer than `gap` percent to the last kept. */
export function ticks(edges: readonly number[], start: number, end: number, gap = 12): { at: number; left: number }[] {
  const whole = end - start;
  if (whole <= 0) return [];
  const placed = [...new Set(edges)].sort((a, b) => a - b).map((at) => ({ at, left: ((at - start) / whole) * 100 }));
  const kept: { at: number; left: number }[] = [];
  for (const tick of placed) {
    const last = kept.at(-1);
    if (last !== undefined && tick.left - last.left < gap) continue;
    if (tick.left > 100 - gap && tick.at !== end) continue;
    kept.push(tick);
  }
  return kept;
}
