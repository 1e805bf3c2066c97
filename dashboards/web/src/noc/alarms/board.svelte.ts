// The rows of the alarm list: what the server sent, kept true by the live stream. While the
// operator's pointer or focus is on the list, or a flood comes in, its order stands still; changes
// wait and are counted.
import type { Alarm } from '../../lib/api/noc';
import type { Page } from '../../lib/api/types';
import { ApiError, get } from '../../lib/api/client';
import { exactNow } from '../../lib/clock.svelte';
import type { LiveEvent } from '../../lib/live/live.svelte';
import { signedOut } from '../../lib/session.svelte';
import { compareAlarms, fits, type Filters, listPath } from './filters';
import { Flood } from './flood';

const PAGE = 200;
const LARGEST_PAGE = 1_000;
const MOST = 5_000;
const SYMPTOMS = 200;
const NEW_MS = 3_000;

export interface Row {
  alarm: Alarm;
  depth: 0 | 1;
}

export class Board {
  rows = $state.raw<Row[]>([]);
  total = $state(0);
  error = $state.raw<ApiError | null>(null);
  loading = $state(true);
  /** The server's time of the rows. */
  at = $state(0);
  held = $state.raw({ added: 0, moved: 0 });
  expanded = $state.raw<ReadonlySet<number>>(new Set());
  fresh = $state.raw<ReadonlySet<number>>(new Set());
  refused = $state.raw<ReadonlyMap<number, string>>(new Map());
  flood = $state.raw({ on: false, perMinute: 0 });
  readonly #flood = new Flood();
  #alarms = new Map<number, Alarm>();
  #symptoms = new Map<number, Alarm[]>();
  #order: number[] = [];
  #next: string | null = null;
  /** The server's time of its total, and what came after it was counted. */
  #readAt = 0;
  readonly #counted = new Set<number>();
  #filters: Filters | null = null;
  #hold = false;
  /** Rows that belong to the list no more, but stand under the operator's hand. */
  #leaving = new Set<number>();
  #run = 0;
  #more = false;
  #reload: ReturnType<typeof setTimeout> | undefined;

  async load(filters: Filters, keep = false): Promise<void> {
    const run = ++this.#run;
    this.#filters = filters;
    if (!keep) this.loading = true;
    try {
      const page = await this.#read(filters, keep ? this.#alarms.size : 0);
      if (run !== this.#run) return;
      const before = this.#alarms;
      this.#count(keep ? page.items.filter((alarm) => !before.has(alarm.id)).length : 0);
      this.#alarms = new Map(page.items.map((alarm) => [alarm.id, alarm]));
      this.#readAt = Date.parse(page.asOf);
      this.#counted.clear();
      this.#leaving.clear();
      if (keep && (this.#hold || this.flood.on)) {
        for (const id of this.#order) {
          const alarm = before.get(id);
          if (alarm === undefined || this.#alarms.has(id)) continue;
          this.#alarms.set(id, alarm);
          this.#leaving.add(id);
        }
      }
      this.#take(page);
      if (keep) this.#settle();
      else this.#sortNow();
    } catch (error) {
      if (run === this.#run) this.#fail(error);
    } finally {
      if (run === this.#run) this.loading = false;
    }
  }

  /** The head of the list, so many rows at least if there are: what was scrolled to stays. */
  async #read(filters: Filters, rows: number): Promise<Page<Alarm>> {
    const wanted = Math.max(PAGE, Math.min(rows, MOST));
    const page = await get<Page<Alarm>>(listPath(filters, Math.min(wanted, LARGEST_PAGE), null));
    while (page.next !== null && page.items.length < wanted) {
      const more = await get<Page<Alarm>>(listPath(filters, Math.min(wanted - page.items.length, LARGEST_PAGE), page.next));
      page.items.push(...more.items);
      page.next = more.next;
    }
    return page;
  }

  /** The next page, when the operator scrolls near the end. */
  async loadMore(): Promise<void> {
    const filters = this.#filters;
    if (filters === null || this.#next === null || this.#more || this.#alarms.size >= MOST) return;
    this.#more = true;
    const run = this.#run;
    try {
      const page = await get<Page<Alarm>>(listPath(filters, PAGE, this.#next));
      if (run !== this.#run) return;
      for (const alarm of page.items) {
        if (!this.#alarms.has(alarm.id)) this.#order.push(alarm.id);
        this.#alarms.set(alarm.id, alarm);
      }
      this.#take(page);
      this.#paint();
    } catch (error) {
      if (run === this.#run) this.#fail(error);
    } finally {
      this.#more = false;
    }
  }

  /** One batch of live events, one paint. */
  apply(events: LiveEvent[]): void {
    if (this.#filters === null) return;
    const arrived: number[] = [];
    let touched = false;
    for (const event of events) {
      if (event.topic !== 'alarm' || event.data === null) continue;
      touched = true;
      const id = this.#put(event.data as Alarm | { id: number; gone: true });
      if (id !== null) arrived.push(id);
    }
    if (!touched) return;
    this.#count(arrived.length);
    this.#settle();
    this.#flash(arrived);
  }

  /** Pointer, focus or pause hold the order; letting go applies what waited. */
  hold(on: boolean): void {
    this.#hold = on;
    if (!on && !this.flood.on) this.release();
  }

  release(): void {
    this.#sortNow();
  }

  find(id: number): Alarm | undefined {
    return this.#alarms.get(id) ?? [...this.#symptoms.values()].flat().find((alarm) => alarm.id === id);
  }

  /** Our own change of some rows, before the server agrees. */
  patch(ids: readonly number[], change: (alarm: Alarm) => Partial<Alarm>): void {
    for (const id of ids) {
      const before = this.#alarms.get(id);
      if (before !== undefined) this.#alarms.set(id, { ...before, ...change(before) });
    }
    this.#settle();
  }

  /** Time passed: a flood may be over. */
  tick(): void {
    this.#count(0);
  }

  refuse(id: number, reason: string | null): void {
    const next = new Map(this.refused);
    if (reason === null) next.delete(id);
    else next.set(id, reason);
    this.refused = next;
  }

  async toggle(alarm: Alarm): Promise<void> {
    const next = new Set(this.expanded);
    if (next.delete(alarm.id)) this.#symptoms.delete(alarm.id);
    else if (alarm.symptoms > 0 && alarm.faultNo !== null) {
      next.add(alarm.id);
      await this.#loadSymptoms(alarm);
    }
    this.expanded = next;
    this.#paint();
  }

  async #loadSymptoms(alarm: Alarm): Promise<void> {
    try {
      const page = await get<Page<Alarm>>(`/alarms?state=all&fault=${alarm.faultNo}&limit=${SYMPTOMS}`);
      this.#symptoms.set(alarm.id, page.items.filter((item) => item.id !== alarm.id && !item.isCause && item.clearedAt === null));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** In a flood the list stands still until the operator asks for what is new. */
  #count(rows: number): void {
    this.#flood.count(rows, Date.now());
    const { on, perMinute } = this.#flood;
    const ended = this.flood.on && !on;
    if (on !== this.flood.on || perMinute !== this.flood.perMinute) this.flood = { on, perMinute };
    if (ended && !this.#hold) this.#sortNow();
  }

  #put(change: Alarm | { id: number; gone: true }): number | null {
    const known = this.#alarms.get(change.id);
    if ('gone' in change) {
      if (known !== undefined) this.#leave(known);
      return null;
    }
    const filters = this.#filters;
    if (filters === null) return null;
    const verdict = fits(filters, change, known !== undefined);
    if (verdict === 'ask') {
      if (known === undefined) this.#reloadSoon();
      else this.#alarms.set(change.id, change);
      return null;
    }
    if (verdict === 'no') {
      if (known !== undefined) this.#leave(change);
      return null;
    }
    const isNew = known === undefined && this.#counts(change);
    if (this.#beyond(change) && !this.#hold && !this.flood.on) this.#alarms.delete(change.id);
    else this.#alarms.set(change.id, change);
    if (this.#leaving.delete(change.id)) this.total += 1;
    return isNew ? change.id : null;
  }

  /** Adds an alarm that the page did not hold to the total, unless the server's total has it already. */
  #counts(alarm: Alarm): boolean {
    const whole = this.#next === null;
    if (!whole && (Date.parse(alarm.receivedAt) <= this.#readAt || this.#counted.has(alarm.id))) return false;
    this.#counted.add(alarm.id);
    this.total += 1;
    return true;
  }

  /** Does it come after the rows that were read so far, where others would stand before it? */
  #beyond(alarm: Alarm): boolean {
    const last = this.#alarms.get(this.#order.at(-1) ?? 0);
    return this.#next !== null && last !== undefined && compareAlarms(alarm, last) > 0;
  }

  /** A held list keeps the row where it is until the hand is off. */
  #leave(alarm: Alarm): void {
    if (!this.#hold && !this.flood.on) this.#alarms.delete(alarm.id);
    else {
      this.#alarms.set(alarm.id, alarm);
      if (this.#leaving.has(alarm.id)) return;
      this.#leaving.add(alarm.id);
    }
    this.total = Math.max(0, this.total - 1);
  }

  #settle(): void {
    if (!this.#hold && !this.flood.on) {
      this.#sortNow();
      return;
    }
    const shown = new Set(this.#order);
    const wanted = this.#sorted();
    const stay = this.#order.filter((id) => this.#alarms.has(id));
    const rank = new Map(wanted.filter((id) => shown.has(id)).map((id, index) => [id, index]));
    const moved = stay.filter((id, index) => rank.get(id) !== index).length;
    this.held = { added: wanted.filter((id) => !shown.has(id)).length, moved: moved + this.#leaving.size };
    this.#paint();
  }

  #sortNow(): void {
    for (const id of this.#leaving) this.#alarms.delete(id);
    this.#leaving.clear();
    this.#order = this.#sorted();
    this.held = { added: 0, moved: 0 };
    this.#paint();
  }

  #sorted(): number[] {
    return [...this.#alarms.values()].sort(compareAlarms).map((alarm) => alarm.id);
  }

  #paint(): void {
    this.rows = this.#order.flatMap((id) => {
      const alarm = this.#alarms.get(id);
      if (alarm === undefined) return [];
      const below = this.expanded.has(id) ? (this.#symptoms.get(id) ?? []) : [];
      return [{ alarm, depth: 0 as const }, ...below.map((child) => ({ alarm: child, depth: 1 as const }))];
    });
  }

  #take(page: Page<Alarm>): void {
    this.#next = page.next;
    this.total = page.total ?? this.#alarms.size;
    this.error = null;
    this.at = exactNow();
  }

  #fail(error: unknown): void {
    this.error = error instanceof ApiError ? error : new ApiError(0, null);
    if (this.error.status === 401) signedOut();
  }

  #flash(ids: number[]): void {
    if (ids.length === 0) return;
    this.fresh = new Set([...this.fresh, ...ids]);
    setTimeout(() => {
      const next = new Set(this.fresh);
      for (const id of ids) next.delete(id);
      this.fresh = next;
    }, NEW_MS);
  }

  #reloadSoon(): void {
    clearTimeout(this.#reload);
    this.#reload = setTimeout(() => {
      if (this.#filters !== null) void this.load(this.#filters, true);
    }, 1_000);
  }
}
