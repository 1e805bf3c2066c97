// Server data on a page: shown from the cache at once, fetched again, and again when the live
// stream names its topic. Old data stays on screen while new data or an error arrives.
import { ApiError, get } from './api/client';
import { exactNow } from './clock.svelte';
import { session, signedOut } from './session.svelte';

const CACHE_LIMIT = 60;
const SHOW_LOADING_AFTER_MS = 200;
const SETTLE_MS = 400;
const cache = new Map<string, { data: unknown; at: number }>();
const mounted = new Set<Query<unknown>>();

export class Query<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | null>(null);
  /** True only after a short while, so that a quick answer shows no skeleton. */
  slow = $state(false);
  /** The server's time when `data` was true. */
  at = $state(0);
  readonly topics: readonly string[];
  #path: () => string | null;
  #abort: AbortController | null = null;
  #settle: ReturnType<typeof setTimeout> | undefined;

  /** Call while a component is being set up. `path` is reactive; null, or nobody signed in, fetches nothing. */
  constructor(path: () => string | null, topics: readonly string[] = []) {
    this.#path = path;
    this.topics = topics;
    $effect(() => {
      const now = session.who === null ? null : path();
      this.#show(now);
      mounted.add(this as Query<unknown>);
      return () => {
        mounted.delete(this as Query<unknown>);
        clearTimeout(this.#settle);
        this.#abort?.abort();
      };
    });
  }

  refresh(): Promise<void> {
    const path = this.#path();
    return path === null ? Promise.resolve() : this.#fetch(path);
  }

  /** Soon, once, however often it is asked. */
  refreshSoon(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.refresh(), SETTLE_MS);
  }

  set(data: T): void {
    this.data = data;
    const path = this.#path();
    if (path !== null) remember(path, data);
  }

  #show(path: string | null): void {
    const held = path === null ? undefined : cache.get(path);
    this.data = held?.data as T | undefined;
    this.at = held?.at ?? 0;
    this.error = null;
    if (path !== null) void this.#fetch(path);
  }

  async #fetch(path: string): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const timer = setTimeout(() => (this.slow = true), SHOW_LOADING_AFTER_MS);
    try {
      const data = await get<T>(path, abort.signal);
      if (abort.signal.aborted) return;
      remember(path, data);
      this.data = data;
      this.at = exactNow();
      this.error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error instanceof ApiError ? error : new ApiError(0, null);
      if (this.error.status === 401) signedOut();
    } finally {
      clearTimeout(timer);
      if (this.#abort === abort) this.slow = false;
    }
  }
}

/** The live stream says that a topic changed; '*' is all of them. */
export function invalidate(topic: string): void {
  for (const query of mounted) {
    if (topic === '*' || query.topics.includes(topic)) query.refreshSoon();
  }
}

function remember(path: string, data: unknown): void {
  cache.delete(path);
  cache.set(path, { data, at: exactNow() });
  if (cache.size > CACHE_LIMIT) {
    const oldest = cache.keys().next().value;
    if (oldest !== undefined) cache.delete(oldest);
  }
}
