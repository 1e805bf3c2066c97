// A filter in the viewer's words: the chips, and the empty list that says which filter hides.
import { t, word } from '../../lib/i18n.svelte';
import { severityName } from '../../lib/words';
import type { Severity } from '../../lib/api/types';
import { FLAG_FILTERS } from './filters';

const WORDS: Record<string, string> = { level: 'level', serviceLevel: 'class', specialty: 'specialty', age: 'agefilter', state: 'alarmstate' };

export function chipText(chip: { name: string; value: string }): string {
  const { name, value } = chip;
  if (name === 'severity') return t('chip.severity', { value: t(`severity.${severityName(Number(value) as Severity)}`) });
  if (name === 'ack') return t(value === 'true' ? 'chip.acked' : 'chip.unacked');
  if (FLAG_FILTERS.some((flag) => flag === name)) return t(`flag.${name}.${value}`);
  const words = WORDS[name];
  return t(`chip.${name}`, { value: words === undefined ? value : word(words, value) });
}
