// The filters of the alarm list: from the address, to the server's query, and the same test for a
// live alarm. What the client cannot decide is asked of the server.
import type { Alarm } from '../../lib/api/noc';
import { url } from '../../lib/api/client';
import { severityRank } from '../../lib/words';

export interface Filters {
  state: 'active' | 'cleared' | 'all';
  severity: string[];
  causes: boolean;
  acknowledged: '' | 'true' | 'false';
  source: string;
  customer: string;
  circuit: string;
  fault: string;
  q: string;
}

export const TEXT_FILTERS = ['source', 'customer', 'circuit', 'fault', 'q'] as const;

export function readFilters(query: (name: string) => string): Filters {
  const state = query('state');
  const acknowledged = query('ack');
  return {
    state: state === 'cleared' || state === 'all' ? state : 'active',
    severity: query('severity').split(',').filter((part) => /^[0-4]$/.test(part)),
    causes: query('causes') !== 'no',
    acknowledged: acknowledged === 'true' || acknowledged === 'false' ? acknowledged : '',
    source: query('source'),
    customer: query('customer'),
    circuit: query('circuit'),
    fault: query('fault'),
    q: query('q'),
  };
}

export function listPath(filters: Filters, limit: number, cursor: string | null): string {
  return url('/alarms', {
    state: filters.state,
    severity: filters.severity.join(','),
    causes: filters.causes ? 'true' : '',
    acknowledged: filters.acknowledged,
    source: filters.source,
    customer: filters.customer,
    circuit: filters.circuit,
    fault: filters.fault,
    q: filters.q,
    limit,
    cursor,
  });
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
  if (filters.source !== '' && alarm.source !== filters.source) return 'no';
  if (filters.fault !== '' && alarm.faultNo !== filters.fault) return 'no';
  return filters.customer !== '' || filters.circuit !== '' || filters.q !== '' ? 'ask' : 'yes';
}

/** Only the filters that are not the default: what the chips show and "clear" removes. */
export function activeFilters(filters: Filters): { name: string; value: string }[] {
  const chips: { name: string; value: string }[] = [];
  if (filters.state !== 'active') chips.push({ name: 'state', value: filters.state });
  for (const severity of filters.severity) chips.push({ name: 'severity', value: severity });
  if (filters.acknowledged !== '') chips.push({ name: 'ack', value: filters.acknowledged });
  for (const name of TEXT_FILTERS) if (filters[name] !== '') chips.push({ name, value: filters[name] });
  return chips;
}
