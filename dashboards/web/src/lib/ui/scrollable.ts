// A table that is larger than its place scrolls; then the keyboard must reach it.
import { t } from '../i18n.svelte';

/** `{@attach scrollable}` on the box that scrolls: a tab stop exactly while there is something to scroll. */
export function scrollable(box: HTMLElement): () => void {
  const update = () => {
    const larger = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (larger) {
      box.tabIndex = 0;
      box.setAttribute('role', 'group');
      box.setAttribute('aria-label', t('list.scrolls'));
    } else {
      box.removeAttribute('tabindex');
      box.removeAttribute('role');
      box.removeAttribute('aria-label');
    }
  };
  const watch = new ResizeObserver(update);
  watch.observe(box);
  const table = box.querySelector('table');
  if (table !== null) watch.observe(table);
  return () => watch.disconnect();
}
