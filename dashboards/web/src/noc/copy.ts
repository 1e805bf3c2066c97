// To the clipboard, and said so.
import { t } from '../lib/i18n.svelte';
import { toast } from '../lib/toast.svelte';

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('copied'));
  } catch {
    toast(t('notCopied'), { bad: true });
  }
}
