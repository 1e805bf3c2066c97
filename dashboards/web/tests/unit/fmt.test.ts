// Numbers as people read them: nothing is ever shown better than it is.
import { describe, expect, it } from 'vitest';
import { age, availability, count, dateTime, dayName, duration, exactDuration, minutes, monthName, periodOf, rate, shortTime, zoneName } from '../../src/lib/fmt';

describe('availability', () => {
  it('is cut towards worse, never rounded up', () => {
    expect(availability(99.9496)).toBe('99.949');
    expect(availability('99.94999')).toBe('99.949');
    expect(availability(100)).toBe('100.000');
    expect(availability('98.7')).toBe('98.700');
  });
  it('is not 100 while something counted', () => {
    expect(availability(100, 1)).toBe('99.999');
    expect(availability('100.00000', 250)).toBe('99.999');
  });
  it('shows a missing figure as a dash', () => {
    expect(availability(null)).toBe('—');
    expect(availability(undefined)).toBe('—');
  });
});

describe('durations', () => {
  it('name two units', () => {
    expect(duration(1_044_000, 'en')).toBe('17 min 24 s');
    expect(duration(1_044_000, 'zh')).toBe('17 分 24 秒');
    expect(duration(300_000, 'en')).toBe('5 min');
    expect(duration(90_061_000, 'en')).toBe('1 d 1 h');
    expect(duration(0, 'en')).toBe('0 s');
    expect(duration(-5, 'en')).toBe('0 s');
    expect(duration(null, 'en')).toBe('—');
  });
  it('have every unit in the ledger, and no millisecond', () => {
    expect(exactDuration(220_250, 'en')).toBe('3 min 40 s');
    expect(exactDuration(90_061_000, 'zh')).toBe('1 天 1 小时 1 分 1 秒');
    expect(exactDuration(3_600_000, 'en')).toBe('1 h');
    expect(exactDuration(3_661_000, 'en')).toBe('1 h 1 min 1 s');
    expect(exactDuration(7, 'en')).toBe('0 s');
    expect(exactDuration(0, 'en')).toBe('0 s');
  });
  it('are short in lists', () => {
    expect(age(832_000)).toBe('13m 52s');
    expect(age(3_720_000)).toBe('1h 02m');
    expect(age(4_000)).toBe('4s');
    expect(age(266_400_000)).toBe('3d 02h');
  });
});

describe('minutes', () => {
  it('left are rounded down, used are rounded up', () => {
    expect(minutes(374_999)).toBe('6.2');
    expect(minutes(804_001, 'up')).toBe('13.5');
    expect(minutes(2_592_000_000)).toBe('43,200.0');
    expect(minutes(null)).toBe('—');
  });
});

describe('times', () => {
  const at = '2026-11-06T18:28:12Z';
  it('are in the zone that is named', () => {
    expect(dateTime(at, 'Asia/Shanghai')).toBe('2026-11-07 02:28:12');
    expect(zoneName('Asia/Shanghai', Date.parse(at))).toBe('UTC+8');
    expect(zoneName('UTC', Date.parse(at))).toBe('UTC');
  });
  it('show the date only when it is not today', () => {
    expect(shortTime(at, Date.parse(at), 'Asia/Shanghai')).toBe('02:28:12');
    expect(shortTime('2026-11-05T18:28:12Z', Date.parse(at), 'Asia/Shanghai')).toBe('11-06 02:28');
  });
  it('midnight is 00, not 24', () => {
    expect(dateTime('2026-11-06T16:00:00Z', 'Asia/Shanghai')).toBe('2026-11-07 00:00:00');
  });
  it('periods follow the contract zone', () => {
    expect(periodOf(Date.parse('2026-10-31T16:00:00Z'), 'Asia/Shanghai')).toBe('2026-11');
    expect(monthName('2026-11', 'en')).toBe('November 2026');
    expect(monthName('2026-11', 'zh')).toBe('2026 年 11 月');
    expect(dayName('2026-11-07', 'zh')).toBe('11 月 7 日');
    expect(dayName('2026-11-07', 'en')).toBe('7 November');
  });
});

it('counts and rates', () => {
  expect(count(98_000)).toBe('98,000');
  expect(count(null)).toBe('—');
  expect(rate(155_000)).toBe('155M');
  expect(rate(2048)).toBe('2.05M');
  expect(rate(10_000_000)).toBe('10G');
  expect(rate(null)).toBe('');
});
