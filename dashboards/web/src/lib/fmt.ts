// Numbers and times as people read them. Pure: the language and zone are arguments.
import type { Lang } from './i18n.svelte';

export const DASH = '—';
const MINUTE = 60_000;

const ZH = { d: '天', h: '小时', min: '分', s: '秒' };
const EN = { d: 'd', h: 'h', min: 'min', s: 's' };

/** Percent truncated towards worse to three decimals; never 100.000 while something counted. */
export function availability(value: number | string | null | undefined, downMs = 0): string {
  if (value === null || value === undefined || value === '') return DASH;
  const text = typeof value === 'number' ? value.toFixed(5) : value;
  const match = /^(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return text;
  const shown = `${match[1]}.${(match[2] ?? '').padEnd(3, '0').slice(0, 3)}`;
  return downMs > 0 && shown === '100.000' ? '99.999' : shown;
}

/** A target keeps the digits it was agreed with. */
export function target(value: number | string): string {
  return String(value);
}

/** `17 min 24 s` / `17 分 24 秒`: the two largest units, whole seconds, truncated; no empty unit at the end. */
export function duration(ms: number | null | undefined, lang: Lang, units = 2): string {
  if (ms === null || ms === undefined) return DASH;
  const words = lang === 'zh' ? ZH : EN;
  const total = Math.max(0, Math.floor(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), words.d],
    [Math.floor((total % 86_400) / 3600), words.h],
    [Math.floor((total % 3600) / 60), words.min],
    [total % 60, words.s],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first === -1) return `0 ${words.s}`;
  const shown = parts.slice(first, first + units);
  while (shown.length > 1 && shown.at(-1)?.[0] === 0) shown.pop();
  return shown.map(([n, unit]) => `${n} ${unit}`).join(' ');
}

/** Every unit, to the second: for the ledger, where the parts must add up. `1 h 6 min 44 s`. */
export function exactDuration(ms: number, lang: Lang): string {
  return duration(Math.round(ms / 1000) * 1000, lang, 4);
}

/** Compact age for lists: `13m 52s`, `1h 02m`, `3d 04h`. Same in both languages: it is a column. */
export function age(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  if (total < 60) return `${total}s`;
  if (total < 3600) return `${Math.floor(total / 60)}m ${two(total % 60)}s`;
  if (total < 86_400) return `${Math.floor(total / 3600)}h ${two(Math.floor((total % 3600) / 60))}m`;
  return `${Math.floor(total / 86_400)}d ${two(Math.floor((total % 86_400) / 3600))}h`;
}

/** Minutes with one decimal. Minutes left are rounded down, minutes used are rounded up. */
export function minutes(ms: number | null | undefined, towards: 'down' | 'up' = 'down'): string {
  if (ms === null || ms === undefined) return DASH;
  const tenths = towards === 'up' ? Math.ceil(ms / (MINUTE / 10)) : Math.floor(ms / (MINUTE / 10));
  return grouped((tenths / 10).toFixed(1));
}

export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? DASH : grouped(String(n));
}

/** A size of what was sent: 812 B, 14.2 KiB. */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`;
}

/** `155,000` kbit/s reads as 155 Mbit/s. */
export function rate(kbps: number | null | undefined): string {
  if (kbps === null || kbps === undefined || kbps <= 0) return '';
  if (kbps >= 1_000_000) return `${trim(kbps / 1_000_000)}G`;
  return kbps >= 1000 ? `${trim(kbps / 1000)}M` : `${kbps}k`;
}

export interface TimeParts {
  date: string;
  time: string;
  minute: string;
}

/** `2026-11-07`, `02:28:12` and `02:28` in a zone. */
export function timeParts(time: string | number, zone?: string): TimeParts {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(time));
  const get = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  const minute = `${get('hour')}:${get('minute')}`;
  return { date: `${get('year')}-${get('month')}-${get('day')}`, time: `${minute}:${get('second')}`, minute };
}

export function dateTime(time: string | number | null | undefined, zone?: string): string {
  if (time === null || time === undefined) return DASH;
  const parts = timeParts(time, zone);
  return `${parts.date} ${parts.time}`;
}

/** The time alone if it is today in that zone, else with the date. */
export function shortTime(time: string | number | null | undefined, now: number, zone?: string): string {
  if (time === null || time === undefined) return DASH;
  const parts = timeParts(time, zone);
  return parts.date === timeParts(now, zone).date ? parts.time : `${parts.date.slice(5)} ${parts.minute}`;
}

/** `UTC+8`, for headers: every time on the page is in it. */
export function zoneName(zone?: string, at: number = Date.now()): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  const name = parts.find((p) => p.type === 'timeZoneName')?.value ?? 'UTC';
  const offset = name.replace(/^(GMT|UTC)/, '');
  return offset === '+0' || offset === '-0' ? 'UTC' : `UTC${offset}`;
}

/** `7 November` / `11 月 7 日`, from a calendar date. */
export function dayName(date: string, lang: Lang): string {
  const at = new Date(`${date}T12:00:00Z`);
  if (lang === 'zh') return `${at.getUTCMonth() + 1} 月 ${at.getUTCDate()} 日`;
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
}

/** `November 2026` / `2026 年 11 月`, from `2026-11`. */
export function monthName(period: string, lang: Lang): string {
  const at = new Date(`${period}-15T12:00:00Z`);
  if (Number.isNaN(at.getTime())) return period;
  if (lang === 'zh') return `${at.getUTCFullYear()} 年 ${at.getUTCMonth() + 1} 月`;
  return at.toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** The calendar month of an instant in a zone: `2026-11`. */
export function periodOf(time: number, zone?: string): string {
  return timeParts(time, zone).date.slice(0, 7);
}

/** The server's words start small; on their own they start large. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function grouped(digits: string): string {
  const [whole = '', rest] = digits.split('.');
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return rest === undefined ? text : `${text}.${rest}`;
}

function trim(n: number): string {
  return String(Math.round(n * 100) / 100);
}
