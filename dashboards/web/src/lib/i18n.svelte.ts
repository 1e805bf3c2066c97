// Words in the viewer's language. One flat catalogue per page and locale, loaded when needed;
// plurals by number. A unit test checks that every key used in the source exists in both languages.
import { readPref, writePref } from './prefs';
import type { Text2 } from './api/types';

export type Lang = 'zh' | 'en';
export type Params = Record<string, string | number>;
export type Catalogue = Record<string, string>;
type Loader = () => Promise<{ default: Catalogue }>;
export type Loaders = Record<Lang, Loader>;

const COMMON: Loaders = {
  en: () => import('../../locales/en/common.json'),
  zh: () => import('../../locales/zh/common.json'),
};

let words = $state.raw<Catalogue>({});
let current = $state<Lang>(preferred());
let page: Loaders | null = null;

export const lang = {
  get current(): Lang {
    return current;
  },
  /** The BCP 47 tag for Intl and `<html lang>`. */
  get tag(): string {
    return current === 'zh' ? 'zh-CN' : 'en-GB';
  },
};

/** Loads the page's words; call once before mounting. */
export async function startWords(loaders: Loaders | null): Promise<void> {
  page = loaders;
  await load(current);
}

export async function setLang(next: Lang): Promise<void> {
  writePref('lang', next);
  await load(next);
}

/** A message with its `{name}` places filled; shows the key if it is unknown. */
export function t(key: string, params?: Params): string {
  const text = words[key] ?? key;
  return params === undefined ? text : fill(text, params);
}

/** A message that depends on a number: `key_one` or `key_other`, with `{n}`. */
export function tn(key: string, n: number, params?: Params): string {
  const form = current === 'en' && n === 1 ? 'one' : 'other';
  return t(`${key}_${form}`, { n: n.toLocaleString(lang.tag), ...params });
}

/** True if the catalogue has the key: for words that come from the wire. */
export function has(key: string): boolean {
  return words[key] !== undefined;
}

/** A word of the wire in the viewer's language, or as it came. */
export function word(prefix: string, value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return '—';
  return words[`${prefix}.${value}`] ?? value;
}

export function pick(text: Text2 | string | null | undefined): string {
  if (text === null || text === undefined) return '';
  return typeof text === 'string' ? text : text[current] || text.en;
}

export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}

async function load(next: Lang): Promise<void> {
  const parts = await Promise.all([COMMON[next](), ...(page === null ? [] : [page[next]()])]);
  words = Object.assign({}, ...parts.map((part) => part.default)) as Catalogue;
  current = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

function preferred(): Lang {
  const fixed = readPref('lang');
  if (fixed === 'zh' || fixed === 'en') return fixed;
  const first = typeof navigator === 'undefined' ? 'en' : navigator.language;
  return first.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
