// Users and tokens: what is refused before it is sent, and passwords that nobody chose.
import { describe, expect, it } from 'vitest';
import { customerFault, freshPassword, loginFault, only, passwordFault } from '../../src/noc/admin/rules';

describe('rules', () => {
  it('of a login are those of the server', () => {
    for (const good of ['li', 'wang.min@corp', '王敏', 'a_b-c', 'x'.repeat(64)]) expect(loginFault(good), good).toBe('');
    for (const bad of ['', 'a b', 'x'.repeat(65), 'a/b']) expect(loginFault(bad), bad).not.toBe('');
  });
  it('of a password and a customer', () => {
    expect(passwordFault('short', 'li')).not.toBe('');
    expect(passwordFault('0123456789', '0123456789')).toBe('admin.passwordIsLogin');
    expect(passwordFault('0123456789', 'li')).toBe('');
    expect([customerFault('customer', ' '), customerFault('customer', 'C1'), customerFault('noc', '')].map((text) => text !== '')).toEqual([true, false, false]);
    expect(only({ a: '', b: 'x' })).toEqual({ b: 'x' });
  });
});

it('a fresh password is drawn evenly and is never the same', () => {
  const drawn = Array.from({ length: 200 }, () => freshPassword());
  expect(new Set(drawn).size).toBe(200);
  for (const one of drawn) expect(one).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{16}$/);
  // Bytes that would favour the first letters are thrown away.
  const bytes = [255, 254, 253, 0, 1];
  expect(freshPassword((into) => into.map((_, i) => bytes[i % bytes.length] ?? 0)).startsWith('ab')).toBe(true);
});
