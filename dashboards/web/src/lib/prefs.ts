// Small choices of the viewer, kept in this browser. Storage may be blocked: then they last a page.

export function readPref(name: string): string | null {
  try {
    return localStorage.getItem(`linesman.${name}`);
  } catch {
    return null;
  }
}

export function writePref(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`linesman.${name}`);
    else localStorage.setItem(`linesman.${name}`, value);
  } catch {
    // blocked storage: nothing to keep
  }
}

export type Theme = 'system' | 'light' | 'dark';

export function theme(): Theme {
  const fixed = readPref('theme');
  return fixed === 'light' || fixed === 'dark' ? fixed : 'system';
}

/** Same rule as public/theme.js, which runs before the first paint. */
export function setTheme(next: Theme): void {
  writePref('theme', next === 'system' ? null : next);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset['theme'] = next === 'system' ? (dark ? 'dark' : 'light') : next;
}
