// A threshold as people read it, and a form as the server takes it.
import type { Threshold, ThresholdBody } from '../../lib/api/performance';
import type { Severity } from '../../lib/api/types';
import { t, word } from '../../lib/i18n.svelte';

/** Numbers are texts while they are typed. */
export interface Form {
  serviceType: string;
  serviceLevel: string;
  customerNo: string;
  param: string;
  granularityS: string;
  direction: 'above' | 'below';
  set: string;
  reset: string;
  needed: string;
  of: string;
  severity: string;
  enabled: boolean;
  note: string;
}

export const SERVICES = ['SDH', 'MSTP', 'OTN', 'MPLS_VPN', 'INTERNET', 'ATM', 'FR', 'VPDN'] as const;
export const LEVELS = ['AAA', 'AA', 'A', 'NORMAL'] as const;
/** What files name after the contract; other names are taken as they are typed. */
export const PARAMS = [
  'ES', 'SES', 'BBE', 'UAS', 'CSES', 'OFS', 'RPL_AVG', 'TPL', 'LASER_BIAS', 'TEMP', 'IN_UTIL', 'OUT_UTIL', 'IN_DISCARD_PCT', 'OUT_DISCARD_PCT',
  'IN_ERROR_PCT', 'OUT_ERROR_PCT', 'DELAY_AVG', 'DELAY_MAX', 'JITTER_AVG', 'LOSS_PCT', 'CLR0', 'CLR01', 'CER', 'CMR', 'CTD_AVG', 'CTD_MAX', 'CDV',
] as const;
export const PERIODS = [300, 900, 86_400] as const;

export function formOf(one: Threshold | null): Form {
  if (one === null) {
    return { serviceType: '', serviceLevel: '', customerNo: '', param: '', granularityS: '900', direction: 'above', set: '', reset: '', needed: '1', of: '1', severity: '3', enabled: true, note: '' };
  }
  const { serviceType, serviceLevel, customerNo, param, direction, enabled, note } = one;
  const numbers = { granularityS: String(one.granularityS), set: String(one.set), reset: String(one.reset), needed: String(one.needed), of: String(one.of), severity: String(one.severity) };
  return { serviceType, serviceLevel, customerNo, param, direction, enabled, note, ...numbers };
}

/** The body, or the fields that are no numbers. */
export function bodyOf(form: Form): { body: ThresholdBody } | { wrong: (keyof Form)[] } {
  const number = (text: string) => (text.trim() === '' ? NaN : Number(text));
  const names = ['granularityS', 'set', 'reset', 'needed', 'of'] as const;
  const whole = ['granularityS', 'needed', 'of'];
  const wrong: (keyof Form)[] = names.filter((name) => !Number.isFinite(number(form[name])) || (whole.includes(name) && !/^\d+$/.test(form[name].trim())));
  if (form.param.trim() === '') wrong.unshift('param');
  if (wrong.length > 0) return { wrong };
  const { serviceType, serviceLevel, direction, enabled, note } = form;
  return {
    body: {
      serviceType, serviceLevel, direction, enabled, note: note.trim(),
      customerNo: form.customerNo.trim(), param: form.param.trim(), severity: Number(form.severity) as Severity,
      granularityS: number(form.granularityS), set: number(form.set), reset: number(form.reset), needed: number(form.needed), of: number(form.of),
    },
  };
}

/** `15 min`, `24 h`, `60 s`. */
export function periodText(seconds: number): string {
  if (seconds % 3600 === 0) return t('limit.hours', { n: seconds / 3600 });
  return seconds % 60 === 0 ? t('limit.minutes', { n: seconds / 60 }) : t('limit.seconds', { n: seconds });
}

/** `≥ 8, over at ≤ 3`. */
export function valuesText(one: Pick<ThresholdBody, 'direction' | 'set' | 'reset'>): string {
  const [sign, back] = one.direction === 'above' ? ['≥', '≤'] : ['≤', '≥'];
  return t('limit.values', { set: `${sign} ${one.set}`, reset: `${back} ${one.reset}` });
}

/** `3 of 4 × 15 min`. */
export function periodsText(one: Pick<ThresholdBody, 'needed' | 'of' | 'granularityS'>): string {
  return t('limit.periods', { n: one.needed, m: one.of, period: periodText(one.granularityS) });
}

/** Whom it is for: `AAA SDH`, or all. */
export function scopeText(one: Pick<ThresholdBody, 'serviceType' | 'serviceLevel'>): string {
  const parts = [one.serviceLevel && word('class', one.serviceLevel), one.serviceType && word('service', one.serviceType)].filter((text) => text !== '');
  return parts.length === 0 ? t('limit.all') : parts.join(' · ');
}
