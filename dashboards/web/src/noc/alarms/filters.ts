// The filters of the alarm list: from the address, to the server's query, and the same test for a
// live alarm. What the client cannot decide is asked of the server.
import type { Alarm } from '../../lib/api/noc';
import { url } from '../../lib/api/client';
import { exactNow } from '../../lib/clock.svelte';
import { severityRank } from '../../lib/words';

export type Flag = '' | 'true' | 'false';
export interface Filters {
  state: 'active' | 'cleared' | 'all';
  severity: string[];
  causes: boolean;
  acknowledged: Flag;
  flags: Record<FlagName, Flag>;
  texts: Record<TextName, string>;
}

/** Yes, no or either. */
export const FLAG_FILTERS = ['stale', 'toggling', 'ticket', 'impact', 'unprotected'] as const;
export const TEXT_FILTERS = ['source', 'customer', 'circuit', 'fault', 'specialty', 'cause', 'owner', 'level', 'serviceLevel', 'age', 'q'] as const;
export type FlagName = (typeof FLAG_FILTERS)[number];
export type TextName = (typeof TEXT_FILTERS)[number];
export type FilterName = FlagName | TextName;

/** Only an active alarm can answer these: they do nothing to a list of the past. */
const PRESENT: readonly FilterName[] = ['stale', 'ticket', 'impact', 'unprotected', 'customer', 'circuit', 'level', 'serviceLevel'];
/** The server alone knows what these mean for an alarm. */
const ASKED: readonly TextName[] = ['customer', 'circuit', 'level', 'serviceLevel', 'q'];
export const AGES: Record<string, number> = { '15m': 15 * 60_000, '1h': 3_600_000, '8h': 8 * 3_600_000, '24h': 86_400_000 };
export const SPECIALTIES = ['TRANS', 'IP', 'ATM'] as const;
export const LEVELS = ['GOLD', 'SILVER', 'BRONZE', 'STANDARD'] as const;
export const SERVICE_LEVELS = ['AAA', 'AA', 'A', 'NORMAL'] as const;

export function readFilters(query: (name: string) => string): Filters {
  const state = query('state');
  const flags = FLAG_FILTERS.map((name) => [name, flag(query(name))]);
  const texts = TEXT_FILTERS.map((name) => [name, name === 'age' && AGES[query(name)] === undefined ? '' : query(name)]);
  return {
    state: state === 'cleared' || state === 'all' ? state : 'active',
    severity: query('severity').split(',').filter((part) => /^[0-4]$/.test(part)),
    causes: query('causes') !== 'no',
    acknowledged: flag(query('ack')),
    flags: Object.fromEntries(flags) as Filters['flags'],
    texts: Object.fromEntries(texts) as Filters['texts'],
  };
}

function flag(text: string): Flag {
  return text === 'true' || text === 'false' ? text : '';
}

/** The value of a filter, or '' where it means nothing. */
export function valueOf(filters: Filters, name: FilterName): string {
  if (filters.state !== 'active' && PRESENT.includes(name)) return '';
  return name in filters.flags ? filters.flags[name as FlagName] : filters.texts[name as TextName];
}

/** The query without its page: what the list and the export ask for. */
export function queryOf(filters: Filters): Record<string, string> {
  const rest = [...TEXT_FILTERS, ...FLAG_FILTERS].filter((name) => name !== 'age').map((name) => [name, valueOf(filters, name)]);
  const age = AGES[filters.texts.age];
  return {
    state: filters.state,
    severity: filters.severity.join(','),
    causes: filters.causes ? 'true' : '',
    acknowledged: filters.acknowledged,
    ...(Object.fromEntries(rest) as Record<string, string>),
    from: age === undefined ? '' : new Date(exactNow() - age).toISOString(),
  };
}

export function listPath(filters: Filters, limit: number, cursor: string | null): string {
  return url('/alarms', { ...queryOf(filters), limit, cursor });
}

/** Severity, then unacknowledged, then least SLA time left, then newest. */
export function compareAlarms(a: Alarm, b: Alarm): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    Number(a.acknowledged !== null) - Number(b.acknowledged !== null) ||
    (a.slaLeftMs ?? Infinity) - (b.slaLeftMs ?? Infinity) ||
    (a.raisedAt < b.raisedAt ? 1 : a.raisedAt > b.raisedAt ? -1 : 0) ||
    b.id - a.id
  );
}

/** Does a live alarm belong in the list? A cleared one stays until it is acknowledged, if shown. */
export function fits(filters: Filters, alarm: Alarm, known: boolean): 'yes' | 'no' | 'ask' {
  const cleared = alarm.clearedAt !== null;
  if (filters.state === 'active' && cleared && !(known && alarm.acknowledged === null)) return 'no';
  if (filters.state === 'cleared' && !cleared) return 'no';
  if (filters.severity.length > 0 && !filters.severity.includes(String(alarm.severity))) return 'no';
  if (filters.causes && !alarm.isCause && alarm.faultNo !== null) return 'no';
  if (filters.acknowledged !== '' && String(alarm.acknowledged !== null) !== filters.acknowledged) return 'no';
  const is: Partial<Record<FilterName, unknown>> = {
    stale: alarm.stale,
    toggling: alarm.toggling,
    ticket: alarm.ticket !== null,
    impact: alarm.customersTotal > 0,
    unprotected: alarm.circuitsUnprotected > 0,
    source: alarm.source,
    fault: alarm.faultNo,
    specialty: alarm.specialty,
    owner: alarm.acknowledged?.by,
  };
  for (const [name, value] of Object.entries(is)) {
    const wanted = valueOf(filters, name as FilterName);
    if (wanted !== '' && String(value) !== wanted) return 'no';
  }
  const { cause, age } = filters.texts;
  if (cause !== '' && alarm.nativeCause !== cause && alarm.probableCause !== cause) return 'no';
  const limit = AGES[age];
  if (limit !== undefined && exactNow() - Date.parse(alarm.raisedAt) > limit) return 'no';
  return ASKED.some((name) => valueOf(filters, name) !== '') ? 'ask' : 'yes';
}

/** Only the filters that are not the default: what the chips show and "clear" removes. */
export function activeFilters(filters: Filters): { name: string; value: string }[] {
  const chips: { name: string; value: string }[] = [];
  if (filters.state !== 'active') chips.push({ name: 'state', value: filters.state });
  for (const severity of filters.severity) chips.push({ name: 'severity', value: severity });
  if (filters.acknowledged !== '') chips.push({ name: 'ack', value: filters.acknowledged });
  for (const name of [...FLAG_FILTERS, ...TEXT_FILTERS]) {
    const value = valueOf(filters, name);
    if (value !== '') chips.push({ name, value });
  }
  return chips;
}

/** What to take out of the address to have no filter. */
export const NO_FILTER: Record<string, null> = Object.fromEntries(['severity', 'ack', 'state', ...FLAG_FILTERS, ...TEXT_FILTERS].map((name) => [name, null]));
