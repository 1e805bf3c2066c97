// A service class as a form, and the form as the text of the plan file: one table `[plan.NAME]`. Keys
// that have the built-in value are left out, as a person would.
import type { Plan } from '../../lib/api/figures';

export const PERIODS = ['month', 'quarter', 'year', '30d'] as const;
export const CLOCKS = ['alarm', 'ticket', 'earliest', 'latest'] as const;
export const DENOMINATORS = ['net_of_excluded_outage', 'net_of_windows', 'gross'] as const;
export const UNMEASURED = ['leave_base', 'up', 'down'] as const;
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const CODES = [
  'PLANNED_CUTOVER',
  'CUSTOMER_EQUIPMENT',
  'CUSTOMER_POWER',
  'CUSTOMER_ACCESS_DENIED',
  'CUSTOMER_REQUEST',
  'CUSTOMER_WIRING',
  'OBSERVATION',
  'THIRD_PARTY_FACILITY',
  'FORCE_MAJEURE',
  'CUSTOMER_NO_RESPONSE',
] as const;

export interface CreditForm {
  kind: 'below' | 'longer';
  /** Percent of availability, or minutes of the longest outage. */
  limit: string;
  percent: string;
}

/** What is typed: texts, so that nothing is lost while it is being written. */
export interface PlanForm {
  name: string;
  target: string;
  zone: string;
  period: string;
  startDay: string;
  clock: string;
  mergeGapS: string;
  minOutageS: string;
  denominator: string;
  unmeasured: string;
  noticeH: string;
  exclusions: string[];
  windowed: boolean;
  days: string[];
  from: string;
  to: string;
  holidays: string;
  workdays: string;
  restoreS: string;
  repeatDays: string;
  chronicOutages: string;
  chronicDays: string;
  credits: CreditForm[];
}

/** Keys of the plan file that are whole numbers, with their place in the form and their limits. */
const NUMBERS = [
  ['period_start_day', 'startDay', 1, 28],
  ['merge_gap_s', 'mergeGapS', 0, 86_400],
  ['min_outage_s', 'minOutageS', 0, 86_400],
  ['notice_h', 'noticeH', 0, 8_784],
  ['repeat_days', 'repeatDays', 1, 366],
  ['chronic_outages', 'chronicOutages', 1, 1_000],
  ['chronic_days', 'chronicDays', 1, 366],
] as const;

export function formOf(plan: Plan): PlanForm {
  const window = plan.serviceWindow;
  return {
    name: plan.name,
    target: String(plan.target),
    zone: plan.zone,
    period: plan.period,
    startDay: String(plan.periodStartDay),
    clock: plan.clock,
    mergeGapS: String(plan.mergeGapS),
    minOutageS: String(plan.minOutageS),
    denominator: plan.denominator,
    unmeasured: plan.unmeasured,
    noticeH: String(plan.noticeH),
    exclusions: [...plan.exclusions],
    windowed: window !== null,
    days: [...(window?.days ?? DAYS)],
    from: window?.from ?? '08:00',
    to: window?.to ?? '18:00',
    holidays: (window?.holidays ?? []).join(' '),
    workdays: (window?.workdays ?? []).join(' '),
    restoreS: plan.restoreWithinS === null ? '' : String(plan.restoreWithinS),
    repeatDays: String(plan.repeatDays),
    chronicOutages: String(plan.chronicOutages),
    chronicDays: String(plan.chronicDays),
    credits: plan.credits.map((one) => (one.longerThanS != null ? { kind: 'longer', limit: String(one.longerThanS / 60), percent: String(one.percent) } : { kind: 'below', limit: String(one.below ?? ''), percent: String(one.percent) })),
  };
}

/** Fields whose text no plan file could hold, before the server is asked; keys as in the plan file. */
export function faultyKeys(form: PlanForm): string[] {
  const bad: string[] = [];
  if (form.name.trim() === '') bad.push('name');
  if (!isPercent(form.target)) bad.push('target');
  for (const [key, field, least, most] of NUMBERS) if (!isWhole(form[field], least, most)) bad.push(key);
  if (form.restoreS.trim() !== '' && !isWhole(form.restoreS, 1, 31_622_400)) bad.push('restore_within_s');
  if (form.windowed && (!isHour(form.from) || !isHour(form.to))) bad.push('service_window');
  if (form.windowed && ![...dates(form.holidays), ...dates(form.workdays)].every((date) => /^\d{4}-\d\d-\d\d$/.test(date))) bad.push('service_window');
  if (!form.credits.every((one) => isPercent(one.percent) && (one.kind === 'below' ? isPercent(one.limit) : isWhole(one.limit, 1, 527_040)))) bad.push('credits');
  return [...new Set(bad)];
}

/** The text of the plan file; what is faulty is left as it was typed. */
export function tomlOf(form: PlanForm, builtIn: PlanForm): string {
  const lines = [`[plan.${bareOrQuoted(form.name.trim())}]`, `target = ${form.target.trim()}`];
  const word = (key: string, value: string, usual: string) => value !== usual && lines.push(`${key} = ${quoted(value)}`);
  word('zone', form.zone, builtIn.zone);
  word('period', form.period, builtIn.period);
  word('clock', form.clock, builtIn.clock);
  word('denominator', form.denominator, builtIn.denominator);
  word('unmeasured', form.unmeasured, builtIn.unmeasured);
  for (const [key, field] of NUMBERS) if (form[field].trim() !== builtIn[field]) lines.push(`${key} = ${form[field].trim()}`);
  if (form.restoreS.trim() !== '') lines.push(`restore_within_s = ${form.restoreS.trim()}`);
  const codes = CODES.filter((code) => form.exclusions.includes(code));
  if (codes.length < CODES.length) lines.push(`exclusions = ${list(codes)}`);
  if (form.windowed) lines.push(`service_window = ${windowOf(form)}`);
  if (form.credits.length > 0) lines.push(`credits = [${form.credits.map(creditOf).join(', ')}]`);
  return `${lines.join('\n')}\n`;
}

/** What the server says of a text, by the key that it is about: `plan.gold.merge_gap_s: must be …`; '' = the whole. */
export function faultOf(reason: string): { key: string; says: string } {
  const [, key, says] = /^plan\..+?\.([a-z_]+): ([\s\S]+)$/.exec(reason) ?? [];
  return key === undefined || says === undefined ? { key: '', says: reason } : { key, says };
}

function windowOf(form: PlanForm): string {
  const days = DAYS.filter((day) => form.days.includes(day));
  const parts = [`days = ${list(days)}`, `from = ${quoted(form.from.trim())}`, `to = ${quoted(form.to.trim())}`];
  if (dates(form.holidays).length > 0) parts.push(`holidays = ${list(dates(form.holidays))}`);
  if (dates(form.workdays).length > 0) parts.push(`workdays = ${list(dates(form.workdays))}`);
  return `{ ${parts.join(', ')} }`;
}

function creditOf(credit: CreditForm): string {
  const condition = credit.kind === 'below' ? `below = ${credit.limit.trim()}` : `longer_than_s = ${Number(credit.limit) * 60}`;
  return `{ ${condition}, percent = ${credit.percent.trim()} }`;
}

function dates(text: string): string[] {
  return text.split(/[\s,，、]+/).filter((one) => one !== '');
}
function list(items: readonly string[]): string {
  return `[${items.map(quoted).join(', ')}]`;
}
function quoted(text: string): string {
  return JSON.stringify(text);
}
function bareOrQuoted(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name);
}
function isWhole(text: string, least: number, most: number): boolean {
  return /^\d{1,9}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}
function isPercent(text: string): boolean {
  return /^\d{1,3}(\.\d{1,6})?$/.test(text.trim()) && Number(text) <= 100;
}
function isHour(text: string): boolean {
  return /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text.trim());
}
