// Where to go after signing in: only an address of this site's own pages.

/** null for anything that is not a plain path below /noc or /portal. */
export function safeNext(next: string | null): string | null {
  if (next === null || !/^\/(noc|portal)(\/|\?|$)/.test(next)) return null;
  return next.includes('\\') ? null : next;
}
