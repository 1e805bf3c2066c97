// Local times of a zone: typed by a person, or the edges of a day.
import { describe, expect, it } from 'vitest';
import { dateTime } from '../../src/lib/fmt';
import { dayWindow, instantOf } from '../../src/lib/zone';

describe('days', () => {
  it('are calendar days of the zone, also when the clock changes', () => {
    const [from, to] = dayWindow('2026-11-07', 'Asia/Shanghai');
    expect(new Date(from).toISOString()).toBe('2026-11-06T16:00:00.000Z');
    expect(to - from).toBe(86_400_000);
    const [springFrom, springTo] = dayWindow('2026-03-29', 'Europe/Berlin');
    expect(springTo - springFrom).toBe(23 * 3_600_000);
  });
});

describe('a typed time', () => {
  it('is that second of the zone, and is printed as it was typed', () => {
    const at = instantOf('2026-11-07 02:14:20', 'Asia/Shanghai');
    expect(at).toBe(Date.parse('2026-11-06T18:14:20Z'));
    expect(dateTime(at, 'Asia/Shanghai')).toBe('2026-11-07 02:14:20');
    expect(instantOf(' 2026-11-07T02:14 ', 'Asia/Shanghai')).toBe(Date.parse('2026-11-06T18:14:00Z'));
    expect(instantOf('2026-07-01 12:00:00', 'Europe/Berlin')).toBe(Date.parse('2026-07-01T10:00:00Z'));
  });
  it.each(['', '2026-11-07', '07/11/2026 02:14:20', '2026-02-31 00:00:00', '2026-11-07 25:00:00', '2026-13-01 00:00:00', '2026-11-07 02:14:61'])('%s is none', (text) => {
    expect(instantOf(text, 'Asia/Shanghai')).toBeNull();
  });
});
