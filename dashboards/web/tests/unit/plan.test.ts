// A service class as a form and as the text of the plan file.
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/lib/api/figures';
import { CODES, DAYS, faultOf, faultyKeys, formOf, tomlOf } from '../../src/noc/sla/plan';

const BUILT_IN: Plan = {
  name: 'default', builtIn: true, target: '99.9', zone: 'Asia/Shanghai', period: 'month', periodStartDay: 1, clock: 'alarm', mergeGapS: 0, minOutageS: 0,
  denominator: 'net_of_excluded_outage', unmeasured: 'leave_base', noticeH: 72, exclusions: [...CODES], serviceWindow: null, restoreWithinS: null,
  credits: [], chronicOutages: 3, chronicDays: 45, repeatDays: 30, contracts: 1, sentence: { zh: '', en: '' },
};
const built = formOf(BUILT_IN);

describe('the text', () => {
  it('of the built-in values is the name and the target', () => {
    expect(tomlOf({ ...built, name: 'plain' }, built)).toBe('[plan.plain]\ntarget = 99.9\n');
  });
  it('has every key that differs, as the plan file spells it', () => {
    const office: Plan = {
      ...BUILT_IN, name: 'office hours', target: 99.5, period: 'month', periodStartDay: 26, clock: 'ticket', mergeGapS: 60, denominator: 'gross', unmeasured: 'down', noticeH: 24,
      exclusions: ['CUSTOMER_POWER', 'PLANNED_CUTOVER'], serviceWindow: { days: ['mon', 'fri'], from: '08:00', to: '24:00', holidays: ['2026-10-01', '2026-10-02'], workdays: [] },
      restoreWithinS: 14_400, credits: [{ below: 99.5, percent: 10 }, { longerThanS: 86_400, percent: '50' }],
    };
    expect(tomlOf(formOf(office), built)).toBe(
      [
        '[plan."office hours"]', 'target = 99.5', 'clock = "ticket"', 'denominator = "gross"', 'unmeasured = "down"', 'period_start_day = 26', 'merge_gap_s = 60', 'notice_h = 24', 'restore_within_s = 14400',
        'exclusions = ["PLANNED_CUTOVER", "CUSTOMER_POWER"]',
        'service_window = { days = ["mon", "fri"], from = "08:00", to = "24:00", holidays = ["2026-10-01", "2026-10-02"] }',
        'credits = [{ below = 99.5, percent = 10 }, { longer_than_s = 86400, percent = 50 }]', '',
      ].join('\n'),
    );
  });
  it('of nothing excluded says so, and a quote in a name does not end it', () => {
    expect(tomlOf({ ...built, name: 'a"b', exclusions: [] }, built)).toContain('[plan."a\\"b"]\ntarget = 99.9\nexclusions = []');
  });
});

describe('what is typed', () => {
  it('is right as it comes', () => {
    expect(faultyKeys(built)).toEqual([]);
    expect(formOf({ ...BUILT_IN, serviceWindow: null }).days).toEqual([...DAYS]);
  });
  it('is named by the key of the plan file', () => {
    const wrong = { ...built, name: ' ', target: '100.5', mergeGapS: '-1', noticeH: 'x', restoreS: '0', windowed: true, from: '8:00', holidays: '2026-10-1', credits: [{ kind: 'below' as const, limit: '', percent: '10' }] };
    expect(faultyKeys(wrong)).toEqual(['name', 'target', 'merge_gap_s', 'notice_h', 'restore_within_s', 'service_window', 'credits']);
    expect(faultyKeys({ ...wrong, windowed: false })).not.toContain('service_window');
  });
  it('the server refuses by the same keys', () => {
    expect(faultOf('plan.gold.merge_gap_s: must be 0 to 86400')).toEqual({ key: 'merge_gap_s', says: 'must be 0 to 86400' });
    expect(faultOf('plan.v1.2 gold.service_window: 2026-10-01 is both a holiday and a workday: keep one')).toEqual({ key: 'service_window', says: '2026-10-01 is both a holiday and a workday: keep one' });
    const whole = 'TOML parse error at line 2, column 10';
    expect(faultOf(whole)).toEqual({ key: '', says: whole });
  });
});
