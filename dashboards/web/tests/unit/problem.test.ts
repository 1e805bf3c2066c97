// What the server refused, in words where it names the kind of fault and as it said it where it does not.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/lib/api/client';
import { setLang } from '../../src/lib/i18n.svelte';
import { refused } from '../../src/lib/problem';

const ROOT = new URL('../..', import.meta.url).pathname;
const words = JSON.parse(readFileSync(`${ROOT}locales/zh/common.json`, 'utf8')) as Record<string, string>;

describe('fields', () => {
  beforeAll(async () => {
    Object.assign(globalThis, { document: { documentElement: {} } });
    await setLang('zh');
  });
  it('are said at their place', () => {
    const problem = { title: 'bad', status: 400, errors: [{ field: 'login', reason: 'is odd' }, { field: 'note', reason: 'must be there', code: 'missing' }, { field: 'x', reason: 'is new', code: 'never_heard_of' }] };
    const { faults, failure } = refused(new ApiError(400, problem));
    expect(faults).toEqual({ login: '不符合要求：is odd', note: words['refused.missing'], x: '不符合要求：is new' });
    expect(failure).toBeNull();
  });
  it('that nobody named leave the whole', () => {
    const whole = new ApiError(500, { title: 'x', status: 500, detail: 'disk' });
    expect(refused(whole)).toEqual({ faults: {}, failure: whole });
  });
});
