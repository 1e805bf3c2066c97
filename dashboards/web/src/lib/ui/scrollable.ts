// A table that is wider than its place scrolls sideways; then the keyboard must reach it.
import { t } from '../i18n.svelte';

/** `{@attach scrollable}` on the box that scrolls: a tab stop exactly while there is something to scroll. */
export function scrollable(box: HTMLElement): () => void {
  const update = () => {
    const wide = box.scrollWidth > box.clientWidth;
    if (wide) {
      box.tabIndex = 0;
      box.setAttribute('role', 'group');
      box.setAttribute('aria-label', t('list.sideways'));
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
