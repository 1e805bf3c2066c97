// The outages of all circuits of a period. The server looks at some circuits an answer: the first is
// live, the others follow one after another.
import type { CircuitOutage } from '../lib/api/portal';
import type { Page } from '../lib/api/types';
import { ApiError, get, url } from '../lib/api/client';
import { Query } from '../lib/query.svelte';

export const CIRCUITS_AT_ONCE = 50;

export class AllOutages {
  readonly #first: Query<Page<CircuitOutage>>;
  #rest = $state.raw<CircuitOutage[]>([]);
  #next = $state.raw<string | null>(null);
  #failed = $state.raw<ApiError | null>(null);
  #run = 0;

  /** Call while a component is being set up. */
  constructor(period: () => string) {
    const path = () => url('/portal/outages', { period: period(), limit: CIRCUITS_AT_ONCE });
    this.#first = new Query<Page<CircuitOutage>>(path, ['circuit']);
    $effect(() => {
      const data = this.#first.data;
      const run = ++this.#run;
      void this.#follow(path(), data?.next ?? null, run);
    });
  }

  get items(): CircuitOutage[] {
    return [...(this.#first.data?.items ?? []), ...this.#rest];
  }
  /** Circuits there are; null = not known yet. */
  get total(): number | null {
    return this.#first.data?.total ?? null;
  }
  /** Circuits that were looked at. */
  get looked(): number {
    return this.#next === null ? Math.min(CIRCUITS_AT_ONCE, this.total ?? 0) : Number(this.#next);
  }
  /** All of them were. */
  get whole(): boolean {
    return this.#first.data !== undefined && this.#next === null && this.#failed === null;
  }
  get error(): ApiError | null {
    return this.#first.error ?? this.#failed;
  }
  get at(): number {
    return this.#first.at;
  }

  refresh(): Promise<void> {
    this.#failed = null;
    return this.#first.refresh();
  }

  async #follow(path: string, first: string | null, run: number): Promise<void> {
    const found: CircuitOutage[] = [];
    this.#failed = null;
    this.#next = first;
    try {
      for (let next = first; next !== null; ) {
        const page: Page<CircuitOutage> = await get<Page<CircuitOutage>>(`${path}&cursor=${encodeURIComponent(next)}`);
        if (run !== this.#run) return;
        found.push(...page.items);
        next = page.next;
        this.#next = next;
      }
      this.#rest = found;
    } catch (error) {
      if (run === this.#run) this.#failed = error instanceof ApiError ? error : new ApiError(0, null);
    }
  }
}
