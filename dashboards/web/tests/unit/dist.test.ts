// The committed build is of these sources, and one changed byte of them shows.
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
// @ts-expect-error The script has no types: it runs without a build.
import { FILES, FOLDERS, sourceHash } from '../../scripts/source-hash.mjs';

const ROOT = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const hash = sourceHash as (root: string) => string;

it('one changed byte of the sources changes their hash', () => {
  const scratch = mkdtempSync(`${tmpdir()}/linesman-web-`);
  try {
    for (const name of [...(FOLDERS as string[]), ...(FILES as string[])]) cpSync(`${ROOT}/${name}`, `${scratch}/${name}`, { recursive: true });
    expect(hash(scratch)).toBe(hash(ROOT));
    appendFileSync(`${scratch}/src/noc/main.ts`, ' ');
    expect(hash(scratch)).not.toBe(hash(ROOT));
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

it('every page of the build names its files without an address of its own', () => {
  for (const page of ['login', 'noc', 'portal']) {
    const text = readFileSync(`${ROOT}/dist/${page}.html`, 'utf8');
    expect(text, page).toContain('__APP_BASE__/');
    expect(text.match(/(?:src|href)="(?!__APP_BASE__\/)[^"]*"/g), page).toBeNull();
  }
});
