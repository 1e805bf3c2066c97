// What the server will refuse of a user or a token, said before it is sent and in the viewer's words.
import { t } from '../../lib/i18n.svelte';
import type { Faults } from '../../lib/problem';

export const SHORTEST = 10;
export const DAYS = [30, 90, 180, 366] as const;
export const ROLES = ['noc', 'customer', 'admin'] as const;
const LOGIN = /^[\p{L}\p{N}._@-]{1,64}$/u;
/** Without letters and digits that look alike: passwords are read out and typed. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 16;

export function loginFault(login: string): string {
  return LOGIN.test(login) ? '' : t('admin.badLogin');
}

export function passwordFault(password: string, login: string): string {
  if ([...password].length < SHORTEST) return t('setup.rule', { n: SHORTEST });
  return login !== '' && password.toLowerCase().includes(login.toLowerCase()) ? t('admin.passwordIsLogin') : '';
}

export function customerFault(role: string, customerNo: string): string {
  return role === 'customer' && customerNo.trim() === '' ? t('admin.needsCustomer') : '';
}

/** Only the faults that are there. */
export function only(faults: Record<string, string>): Faults {
  return Object.fromEntries(Object.entries(faults).filter(([, text]) => text !== ''));
}

/** A password nobody chose: every letter equally likely. */
export function freshPassword(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  const limit = 256 - (256 % LETTERS.length);
  let text = '';
  while (text.length < LENGTH) {
    for (const byte of random(new Uint8Array(LENGTH))) {
      if (byte < limit && text.length < LENGTH) text += LETTERS[byte % LETTERS.length] ?? '';
    }
  }
  return text;
}
