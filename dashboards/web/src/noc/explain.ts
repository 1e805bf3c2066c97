// Why an alarm hangs below another: the server says `rule: A > B > C`; people read the rule in words.
import { has, t, word } from '../lib/i18n.svelte';

export function explained(text: string): string {
  const [rule = '', ...path] = text.split(': ');
  return path.length > 0 && has(`rule.${rule}`) ? `${t(`rule.${rule}`)}${t('colon')}${path.join(': ')}` : text;
}

/** What a ticket's note says: some texts are words of the wire or bare numbers. */
export function noteText(operation: string, text: string): string {
  if (text === '') return '';
  if (operation === 'dispatch' || operation === 'dispatched') return word('dispatch', text);
  if (operation === 'syncSheetState') return word('sheetstate', text);
  if (operation === 'join') return t('note.alarms', { n: text });
  return operation === 'settle' && text === 'send again' ? t('settle.sendAgain') : text;
}
