// Budget, ribbon and keys.
import { describe, expect, it } from 'vitest';
import { budgetAt, pace, urgent } from '../../src/lib/budget';
import { isCommand } from '../../src/lib/keys';
import { dayBar } from '../../src/lib/ribbon';

const FACTS = { allowedMs: 1_296_000, leftMs: 492_000, asOf: '2026-11-06T18:28:12Z', breachAt: '2026-11-06T18:36:24Z' };
const AT = Date.parse(FACTS.asOf);

describe('budget', () => {
  it('stands still while nothing counts', () => {
    expect(budgetAt(FACTS, AT + 60_000, false)).toMatchObject({ leftMs: 492_000, usedMs: 804_000, running: false });
  });
  it('runs with the clock during an outage and is empty at the breach', () => {
    expect(budgetAt(FACTS, AT + 60_000, true).leftMs).toBe(432_000);
    expect(budgetAt(FACTS, Date.parse(FACTS.breachAt), true).leftMs).toBe(0);
    expect(budgetAt(FACTS, Date.parse(FACTS.breachAt) + 1, true)).toMatchObject({ tone: 'over', used: 100 });
  });
  it('has a pace between 0 and 100', () => {
    expect(pace(AT, AT - 10, 40)).toBe(25);
    expect(pace(AT, AT + 10, 40)).toBe(0);
    expect(pace(AT, AT, 0)).toBe(0);
  });
});

describe('ribbon', () => {
  const day = { date: '2026-11-07', lengthMs: 86_400_000, downMs: 0, excludedMs: 0, unmeasuredMs: 0, notInServiceMs: 0, degradedMs: 0 };
  it('shows the worst of a day, down first', () => {
    expect(dayBar(day).kind).toBe('up');
    expect(dayBar({ ...day, downMs: 1, excludedMs: 5 }).kind).toBe('down');
    expect(dayBar({ ...day, excludedMs: 5, unmeasuredMs: 5 }).kind).toBe('excluded');
    expect(dayBar({ ...day, unmeasuredMs: 5 }).kind).toBe('unmeasured');
    expect(dayBar({ ...day, notInServiceMs: 86_400_000 }).kind).toBe('none');
    expect(dayBar({ ...day, notInServiceMs: 3_600_000 }).kind).toBe('up');
    expect(dayBar({ ...day, lengthMs: 3_600_000, notInServiceMs: 3_600_000 }).kind, 'today').toBe('none');
  });
  it('is taller for longer outages and always visible', () => {
    const heights = [1000, 600_000, 3_600_000, 14_400_000, 80_000_000].map((downMs) => dayBar({ ...day, downMs }).height);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect(heights[0]).toBeGreaterThanOrEqual(18);
    expect(heights.at(-1)).toBe(100);
  });
});

describe('keys', () => {
  const key = (over: object) => ({ key: 'a', keyCode: 65, isComposing: false, ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false, target: null, ...over }) as unknown as KeyboardEvent;
  it('are silent while an input method composes, with modifiers and in inputs', () => {
    expect(isCommand(key({}))).toBe(true);
    expect(isCommand(key({ isComposing: true }))).toBe(false);
    expect(isCommand(key({ keyCode: 229 }))).toBe(false);
    expect(isCommand(key({ ctrlKey: true }))).toBe(false);
    expect(isCommand(key({ target: { closest: () => ({}) } }))).toBe(false);
  });
});

it('red is for what is lost or being lost, not for a small allowance', () => {
  const now = Date.parse('2026-11-07T02:37:00Z');
  expect(urgent(4 * 60_000, null, now)).toBe(false);
  expect(urgent(4 * 60_000, '2026-11-07T02:41:00Z', now)).toBe(true);
  expect(urgent(4 * 60_000, '2026-11-07T02:48:00Z', now)).toBe(false);
  expect([urgent(-1, null, now), urgent(null, null, now)]).toEqual([true, false]);
});
