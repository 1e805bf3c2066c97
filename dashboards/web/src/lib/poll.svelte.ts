// Asks again for what no stream names, while there is a reason to.
import type { Query } from './query.svelte';

/** Call while a component is being set up. `wanted` is reactive; a hidden page asks nothing. */
export function poll(query: Pick<Query<unknown>, 'refresh'>, everyMs: number, wanted: () => boolean = () => true): void {
  $effect(() => {
    if (!wanted()) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void query.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  });
}
