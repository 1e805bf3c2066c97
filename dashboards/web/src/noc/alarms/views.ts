// Named filters of the alarm list. A view is the query that the address has with it, less what is
// no filter; names and queries are kept in this browser, for each login its own.
import { readPref, writePref } from '../../lib/prefs';
import { NO_FILTER } from './filters';

export interface View {
  name: string;
  query: string;
}

export const NAME_MAX = 40;
export const VIEWS_MAX = 20;
/** What a view keeps of the address. */
const KEPT = new Set([...Object.keys(NO_FILTER), 'causes']);

/** The views that everybody has; their names are words. */
export function given(login: string): View[] {
  return [
    { name: 'views.causes', query: '' },
    { name: 'views.unacked', query: 'ack=false' },
    { name: 'views.mine', query: `owner=${encodeURIComponent(login)}` },
    { name: 'views.untold', query: 'impact=true&ticket=false' },
    { name: 'views.stale', query: 'causes=no&stale=true' },
    { name: 'views.cleared', query: 'state=cleared' },
  ].map(({ name, query }) => ({ name, query: viewOf(query) }));
}

/** The filters of an address, always in the same order. */
export function viewOf(search: string): string {
  const kept = [...new URLSearchParams(search)].filter(([name, value]) => KEPT.has(name) && value !== '');
  return new URLSearchParams(kept.sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}

export function inUse(view: View, now: string): boolean {
  return view.query === now;
}

export function readViews(login: string): View[] {
  try {
    const kept: unknown = JSON.parse(readPref(`views.${login}`) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView).map(({ name, query }) => ({ name: name.slice(0, NAME_MAX), query: viewOf(query) })) : [];
  } catch {
    return [];
  }
}

export function writeViews(login: string, views: readonly View[]): void {
  writePref(`views.${login}`, views.length === 0 ? null : JSON.stringify(views));
}

function isView(one: unknown): one is View {
  const view = one as Partial<View> | null;
  return typeof view?.name === 'string' && typeof view.query === 'string';
}
