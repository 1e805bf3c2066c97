// Moving through proposals by keys.

/** The proposal after or before the open one; the first if none of the list is open. */
export function beside<T extends { id: string }>(items: readonly T[], open: string, by: number): T | undefined {
  const at = items.findIndex((one) => one.id === open);
  if (at === -1) return items[0];
  return items[Math.max(0, Math.min(items.length - 1, at + by))];
}

/** Which proposal is looked at once this one has left the list: the next, or the last that is left. */
export function afterwards<T extends { id: string }>(items: readonly T[], gone: string): string | null {
  const at = items.findIndex((one) => one.id === gone);
  return items[at + 1]?.id ?? items[at - 1]?.id ?? null;
}
