// Why an alarm hangs below another: the server says `rule: A > B > C`; people read the rule in words.
import { has, t, word } from '../lib/i18n.svelte';

export function explained(text: string): string {
  const [rule = '', ...path] = text.split(': ');
  return path.length > 0 && has(`rule.${rule}`) ? `${t(`rule.${rule}`)}${t('colon')}${path.join(': ')}` : text;
}

/** A dispatch is noted by the word of its reason. */
export function noteText(operation: string, text: string): string {
  return operation === 'dispatch' || operation === 'dispatched' ? word('dispatch', text).replace('—', '') : text;
}
