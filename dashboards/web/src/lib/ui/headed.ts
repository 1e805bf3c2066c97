// On a phone a row of a table is a card (base.css): every cell then prints the head of its column.

/** `{@attach headed}` on a table: tells every cell its head. */
export function headed(table: HTMLTableElement): () => void {
  const { tHead } = table;
  const tell = () => {
    const heads = [...(tHead?.querySelectorAll('th') ?? [])].map((head) => head.textContent?.trim() ?? '');
    for (const body of table.tBodies) {
      for (const row of body.rows) [...row.cells].forEach((cell, i) => cell.setAttribute('data-head', heads[i] ?? ''));
    }
  };
  tell();
  const watch = new MutationObserver(tell);
  if (tHead !== null) watch.observe(tHead, { childList: true, subtree: true, characterData: true });
  for (const body of table.tBodies) watch.observe(body, { childList: true });
  return () => watch.disconnect();
}
