// Words: both languages complete, every key of the source exists, no text outside the catalogues.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const PAGES = ['common', 'noc', 'portal'];
const NAMES = ['Linesman', 'English', '中文', 'Ctrl K', 'Ctrl Enter'];

function words(lang: string, page: string): Record<string, string> {
  return JSON.parse(readFileSync(`${ROOT}locales/${lang}/${page}.json`, 'utf8')) as Record<string, string>;
}
function files(folder: string, ends: string): string[] {
  return readdirSync(`${ROOT}${folder}`, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ends))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe.each(PAGES)('catalogue %s', (page) => {
  const en = words('en', page);
  const zh = words('zh', page);
  it('has the same keys in both languages', () => {
    expect(Object.keys(zh)).toEqual(Object.keys(en));
  });
  it('fills the same places', () => {
    for (const key of Object.keys(en)) {
      if (/_(one|other)$/.test(key)) continue;
      expect(places(zh[key] ?? ''), key).toEqual(places(en[key] ?? ''));
    }
  });
  it('has both plural forms', () => {
    for (const key of Object.keys(en).filter((name) => name.endsWith('_one'))) expect(en).toHaveProperty([key.replace(/_one$/, '_other')]);
  });
  it('is written in its language', () => {
    for (const [key, text] of Object.entries(en)) expect(text, key).not.toMatch(/\p{Script=Han}/u);
  });
});

describe('source', () => {
  const owners: [string, string[]][] = [
    ['src/lib', ['common']],
    ['src/login', ['common']],
    ['src/noc', ['common', 'noc']],
    ['src/portal', ['common', 'portal']],
  ];
  it.each(owners)('%s names only words that its page loads', (folder, pages) => {
    const known = Object.assign({}, ...pages.map((page) => words('en', page))) as Record<string, string>;
    const prefixes = Object.keys(known);
    for (const file of [...files(folder, '.svelte'), ...files(folder, '.ts')]) {
      const text = readFileSync(file, 'utf8');
      for (const [, key = ''] of text.matchAll(/\b(?:t|failed)\(\s*'([^']+)'/g)) expect(known, `${file}: ${key}`).toHaveProperty([key]);
      for (const [, key = ''] of text.matchAll(/\btn\(\s*'([^']+)'/g)) expect(known, `${file}: ${key}`).toHaveProperty([`${key}_other`]);
      for (const [, prefix = ''] of text.matchAll(/\bt\(\s*`([\w.]+)\$\{/g)) expect(prefixes.some((key) => key.startsWith(prefix)), `${file}: ${prefix}…`).toBe(true);
    }
  });
  it('has words for every problem that the server names', () => {
    const server = readFileSync(`${ROOT}../../src/web/problem.rs`, 'utf8');
    const kinds = /pub enum ProblemCode \{([\s\S]*?)\n\}/.exec(server)?.[1]?.match(/^ {4}[A-Z]\w+/gm) ?? [];
    expect(kinds.length).toBeGreaterThan(15);
    const client = readFileSync(`${ROOT}src/lib/problem.ts`, 'utf8');
    for (const kind of kinds) {
      const code = kind.trim().replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
      const key = new RegExp(`\\b${code}: '([^']+)'`).exec(client)?.[1] ?? `problem.${code}`;
      expect(words('zh', 'common'), code).toHaveProperty([key]);
    }
  });
  it('holds no text for people outside the catalogues', () => {
    for (const file of files('src', '.svelte')) {
      const markup = readFileSync(file, 'utf8')
        .replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, '')
        .replace(/\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}/g, '');
      const said = markup.match(/\p{Script=Han}+|>[^<>]*[A-Za-z]{2,}\s+[A-Za-z]{2,}[^<>]*</gu) ?? [];
      expect(said.filter((text) => !NAMES.some((name) => text.includes(name))), file).toEqual([]);
    }
  });
  it('uses no inline styles: the content security policy forbids them', () => {
    for (const file of files('src', '.svelte')) expect(readFileSync(file, 'utf8'), file).not.toMatch(/\sstyle=["'{]/);
  });
  it('keeps files short', () => {
    for (const file of [...files('src', '.svelte'), ...files('src', '.ts'), ...files('tests', '.ts')]) {
      expect(readFileSync(file, 'utf8').split('\n').length, file).toBeLessThanOrEqual(400);
    }
  });
});
