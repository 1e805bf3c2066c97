// Addresses: patterns, parameters, and where a sign-in may lead.
import { describe, expect, it } from 'vitest';
import { match } from '../../src/lib/router.svelte';
import { safeNext } from '../../src/login/next';

const TABLE = { home: '/noc', circuits: '/noc/circuits', circuit: '/noc/circuits/:code' };

describe('match', () => {
  it('finds the page and its parameters', () => {
    expect(match(TABLE, '/noc/')).toEqual({ name: 'home', params: {} });
    expect(match(TABLE, '/noc/circuits')).toEqual({ name: 'circuits', params: {} });
    expect(match(TABLE, '/noc/circuits/%E6%B2%AA%E5%AE%81ANE0421NP')).toEqual({ name: 'circuit', params: { code: '沪宁ANE0421NP' } });
    expect(match(TABLE, '/noc/circuits/A%2FB')).toEqual({ name: 'circuit', params: { code: 'A/B' } });
  });
  it('takes a broken escape as it is', () => {
    expect(match(TABLE, '/noc/circuits/%E6%B2')?.params['code']).toBe('%E6%B2');
  });
  it('knows nothing else', () => {
    expect(match(TABLE, '/noc/circuits/a/b')).toBeNull();
    expect(match(TABLE, '/')).toBeNull();
  });
});

describe('the address after signing in', () => {
  it('stays on this site', () => {
    expect(safeNext('/noc/alarms?severity=1')).toBe('/noc/alarms?severity=1');
    expect(safeNext('/portal')).toBe('/portal');
    for (const bad of [null, '', '//evil.example', 'https://evil.example/noc', '/nocturnal', '/noc\\@evil', '/api/v1/session', 'javascript:alert(1)']) {
      expect(safeNext(bad)).toBeNull();
    }
  });
});
