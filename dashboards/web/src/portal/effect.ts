// What one outage did to the budget of its period.

export interface Counted {
  start: string;
  countedMs: number;
}

export interface BudgetEffect {
  /** Counted by earlier outages of the period. */
  beforeMs: number;
  ownMs: number;
  /** Negative = over what is allowed. */
  leftMs: number;
  allowedMs: number;
  /** Of the allowance, in percent, for the bar: together at most 100. */
  beforeShare: number;
  ownShare: number;
}

export function budgetEffect(all: readonly Counted[], own: Counted, allowedMs: number): BudgetEffect {
  const beforeMs = all.filter((one) => one.start < own.start).reduce((sum, one) => sum + one.countedMs, 0);
  const share = (ms: number) => (allowedMs <= 0 ? 100 : (ms / allowedMs) * 100);
  const beforeShare = Math.min(100, share(beforeMs));
  const ownShare = Math.min(100 - beforeShare, share(own.countedMs));
  return { beforeMs, ownMs: own.countedMs, leftMs: allowedMs - beforeMs - own.countedMs, allowedMs, beforeShare, ownShare };
}
