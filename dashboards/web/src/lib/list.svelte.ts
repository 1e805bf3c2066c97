// A keyset-paged list: the first page is live, further pages are added on request.
import type { Page } from './api/types';
import { ApiError, get } from './api/client';
import { Query } from './query.svelte';

export class List<T> {
  readonly first: Query<Page<T> | T[]>;
  more = $state.raw<{ path: string; items: T[]; next: string | null } | null>(null);
  busy = $state(false);
  error = $state.raw<ApiError | null>(null);
  #path: () => string | null;

  constructor(path: () => string | null, topics: readonly string[]) {
    this.#path = path;
    this.first = new Query<Page<T> | T[]>(path, topics);
  }

  get items(): T[] {
    const data = this.first.data;
    const head = data === undefined ? [] : Array.isArray(data) ? data : data.items;
    return this.more?.path === this.#path() ? [...head, ...this.more.items] : head;
  }

  get total(): number | null {
    const data = this.first.data;
    if (data === undefined) return null;
    return Array.isArray(data) ? data.length : (data.total ?? null);
  }

  get next(): string | null {
    if (this.more?.path === this.#path()) return this.more.next;
    const data = this.first.data;
    return data === undefined || Array.isArray(data) ? null : data.next;
  }

  async loadMore(): Promise<void> {
    const path = this.#path();
    const cursor = this.next;
    if (path === null || cursor === null || this.busy) return;
    this.busy = true;
    try {
      const page = await get<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`);
      const before = this.more?.path === path ? this.more.items : [];
      this.more = { path, items: [...before, ...page.items], next: page.next };
      this.error = null;
    } catch (error) {
      this.error = error instanceof ApiError ? error : new ApiError(0, null);
    } finally {
      this.busy = false;
    }
  }
}
