// How states are drawn: every one has a word and a glyph, and only what is up looks like it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seen, SHOWN, shown, tone } from '../../src/lib/state';

const ROOT = new URL('../..', import.meta.url).pathname;
const text = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

describe('the state of a service', () => {
  it('has a word in both languages and colours in both themes', () => {
    const tokens = text('src/styles/tokens.css');
    for (const state of SHOWN) {
      for (const lang of ['en', 'zh']) expect(JSON.parse(text(`locales/${lang}/common.json`))).toHaveProperty([`state.${state}`]);
      expect(tokens.split(`--st-${tone(state)}-mark:`), state).toHaveLength(3);
    }
  });
  it('that is not in service is neither up nor unknown', () => {
    expect(shown('not_in_service')).toBe('not_in_service');
    expect(tone('not_in_service')).not.toBe(tone('up'));
    const glyphs = [...text('src/lib/ui/Glyph.svelte').matchAll(/^ {4}(\w+): '(M[^']+)'/gm)].filter(([, name]) => SHOWN.some((state) => state === name));
    expect(new Set(glyphs.map(([, , path]) => path)).size).toBe(SHOWN.length);
  });
  it('that this build does not know is unknown', () => {
    expect(shown('half')).toBe('unknown');
  });
  it('is unknown while nobody looks, unless there is no service to look at', () => {
    expect([seen({ state: 'up', stale: true }), seen({ state: 'up', stale: false }), seen({ state: 'not_in_service', stale: true })]).toEqual(['unknown', 'up', 'not_in_service']);
  });
});
