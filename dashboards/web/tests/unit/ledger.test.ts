// Sums and lanes: the parts are the whole, to the second that is shown.
import { describe, expect, it } from 'vitest';
import { lanes, lengthMs, sums, ticks, total, within } from '../../src/lib/ledger';

const ROWS = [
  { start: '2026-11-06T18:14:20Z', end: '2026-11-06T18:18:00.250Z', class: 'down' },
  { start: '2026-11-06T18:18:00.250Z', end: '2026-11-06T18:25:00Z', class: 'excluded' },
  { start: '2026-11-06T18:25:00Z', end: '2026-11-06T18:31:44Z', class: 'down' },
];
const START = Date.parse('2026-11-06T18:14:20Z');
const END = Date.parse('2026-11-06T18:31:44Z');

describe('sums', () => {
  it('by class add up to the total', () => {
    const byClass = sums(ROWS, (row) => row.class);
    expect(byClass.get('down')).toBe(624_000);
    expect(byClass.get('excluded')).toBe(420_000);
    expect([...byClass.values()].reduce((a, b) => a + b, 0)).toBe(total(ROWS));
    expect(total(ROWS)).toBe(END - START);
  });
  it('add up whatever the milliseconds are', () => {
    const odd = ROWS.map((row, i) => ({ ...row, start: new Date(Date.parse(row.start) + (i === 0 ? 999 : 0)).toISOString() }));
    expect(total(odd) % 1000).toBe(0);
    expect(total(odd)).toBe(lengthMs({ start: odd[0]?.start ?? '', end: odd[2]?.end ?? '' }));
  });
});

describe('lanes', () => {
  it('touch each other and fill the outage', () => {
    const placed = lanes(ROWS, START, END);
    expect(placed[0]?.left).toBe(0);
    for (const [i, lane] of placed.entries()) {
      const next = placed[i + 1];
      expect(lane.left + lane.width).toBeCloseTo(next?.left ?? 100, 9);
    }
  });
  it('cut what sticks out and drop what is outside', () => {
    expect(lanes(ROWS, START, START + 1000)).toHaveLength(1);
    expect(lanes(ROWS, END, END)).toEqual([]);
  });
});

describe('within', () => {
  it('keeps whole rows and cuts the edges', () => {
    const from = START + 60_000;
    const cut = within(ROWS, from, END);
    expect(total(cut)).toBe(END - from);
    expect(cut[1]).toBe(ROWS[1]);
  });
});

it('ticks keep the ends and never touch', () => {
  const kept = ticks([START, START + 3000, START + 220_000, START + 640_000, END], START, END);
  expect(kept[0]?.at).toBe(START);
  expect(kept.at(-1)?.at).toBe(END);
  kept.slice(1).forEach((tick, i) => expect(tick.left - (kept[i]?.left ?? 0)).toBeGreaterThanOrEqual(12));
});
