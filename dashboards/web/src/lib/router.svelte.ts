// The address is the state: path, filters, open row, range. History API, one table of patterns.

export interface Match<Name extends string> {
  name: Name;
  params: Record<string, string>;
}

let href = $state.raw(new URL(typeof location === 'undefined' ? 'http://x/' : location.href));

export const route = {
  get path(): string {
    return href.pathname;
  },
  /** A query value, or '' if absent. */
  query(name: string): string {
    return href.searchParams.get(name) ?? '';
  },
  get search(): string {
    return href.search;
  },
};

/** First pattern that fits, e.g. `/noc/circuits/:code`. A trailing slash never matters. */
export function match<Name extends string>(table: Record<Name, string>, path: string): Match<Name> | null {
  const wanted = split(path);
  for (const name of Object.keys(table) as Name[]) {
    const params = fit(split(table[name]), wanted);
    if (params !== null) return { name, params };
  }
  return null;
}

export function go(to: string, options: { replace?: boolean } = {}): void {
  const next = new URL(to, href);
  if (next.href === href.href) return;
  const samePage = next.pathname === href.pathname;
  if (options.replace === true) history.replaceState(history.state, '', next);
  else history.pushState(null, '', next);
  href = next;
  if (!samePage) {
    scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  }
}

/** Changes some query values of this page; empty removes. */
export function setQuery(values: Record<string, string | null>, replace = true): void {
  const next = new URL(href);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === '') next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  go(next.pathname + next.search, { replace });
}

/** Follows Back/Forward and plain clicks on links below `base`. */
export function startRouter(base: string): void {
  addEventListener('popstate', () => {
    href = new URL(location.href);
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (link === null || link === undefined || link.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || !isBelow(base, link.pathname) || link.getAttribute('href')?.startsWith('#') === true) return;
    event.preventDefault();
    go(link.href);
  });
}

function isBelow(base: string, path: string): boolean {
  return path === base || path.startsWith(`${base}/`);
}

function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function fit(pattern: string[], path: string[]): Record<string, string> | null {
  if (pattern.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = path[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return params;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // a broken escape in a typed address
  }
}
