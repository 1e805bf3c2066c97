// How versions and effects of a figure are said: what is left, which period, why it was computed anew.
import type { Numbers, Span } from '../../lib/api/figures';
import { part } from '../../lib/api/client';
import { availability, minutes, monthName } from '../../lib/fmt';
import { has, t, type Lang } from '../../lib/i18n.svelte';

const HALF_DAY = 43_200_000;

/** Minutes left, or by how much it is over. */
export function leftText(numbers: Numbers): string {
  return numbers.leftMs < 0 ? t('sla.over', { n: minutes(-numbers.leftMs, 'up') }) : minutes(numbers.leftMs);
}

export function availabilityText(numbers: Numbers): string {
  return numbers.availability === null ? t('notApplicable') : `${availability(numbers.availability, numbers.downMs)} %`;
}

/** A date inside the period, whatever the zone of its contract: the server finds the period by it. */
export function dateWithin(period: Span): string {
  return dateAt((Date.parse(period.start) + Date.parse(period.end)) / 2);
}

/** A calendar month by its name, anything else by its first and last day. */
export function periodName(period: Span, lang: Lang): string {
  // Midnight of whatever zone: half a day later it is that date in UTC too.
  const first = dateAt(Date.parse(period.start) + HALF_DAY);
  const after = dateAt(Date.parse(period.end) + HALF_DAY);
  const last = dateAt(Date.parse(period.end) - HALF_DAY);
  const oneMonth = first.endsWith('-01') && after.endsWith('-01') && first.slice(0, 7) === last.slice(0, 7);
  return oneMonth ? monthName(first.slice(0, 7), lang) : `${first} – ${last}`;
}

function dateAt(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export interface Cause {
  text: string;
  /** What brought it about, if it has a page. */
  href: string | null;
  id: string;
}

/** `correction:12` in words, with the page of what is named. */
export function causeOf(cause: string): Cause {
  const at = cause.indexOf(':');
  const kind = at === -1 ? cause : cause.slice(0, at);
  const id = at === -1 ? '' : cause.slice(at + 1);
  const key = `recompute.${kind}`;
  return { text: has(key) ? t(key) : kind, href: pageOf(kind, id), id };
}

/** The page of a thing that a ledger names; null = it has none. */
export function pageOf(kind: string, id: string): string | null {
  if (kind === 'alarm' && /^\d+$/.test(id)) return `/noc/alarms?state=all&causes=no&open=${part(id)}`;
  if (kind === 'correction') return `/noc/sla/review?state=all&open=${part(id)}`;
  return kind === 'fault' ? `/noc/faults/${part(id)}` : kind === 'ticket' ? `/noc/tickets/${part(id)}` : null;
}
