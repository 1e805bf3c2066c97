// Which rows are marked for one act on all of them.

export class Selection {
  ids = $state.raw<ReadonlySet<number>>(new Set());
  /** Where a range begins. */
  #from = 0;

  toggle(id: number): void {
    const next = new Set(this.ids);
    if (!next.delete(id)) next.add(id);
    this.ids = next;
    this.#from = id;
  }

  /** Marks all from the last one touched to this one, in the order of the list. */
  extend(id: number, order: readonly number[]): void {
    const [a, b] = [order.indexOf(this.#from), order.indexOf(id)];
    if (a === -1 || b === -1) this.toggle(id);
    else this.add(order.slice(Math.min(a, b), Math.max(a, b) + 1));
  }

  add(ids: readonly number[]): void {
    this.ids = new Set([...this.ids, ...ids]);
  }

  clear(): void {
    this.ids = new Set();
  }
}
