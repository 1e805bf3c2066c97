// The SLA budget at an instant: what is used, what is left, and when it breaks. While an outage
// counts, the figure of `asOf` runs on with the clock.

const RUNNING_OUT_MS = 600_000;

/** Red is for what is lost or being lost: breached, or the clock runs and breaks it within ten minutes. */
export function urgent(leftMs: number | null, breachAt: string | null | undefined, now: number): boolean {
  return leftMs !== null && (leftMs < 0 || (breachAt != null && Date.parse(breachAt) - now < RUNNING_OUT_MS));
}

export interface BudgetFacts {
  allowedMs: number;
  leftMs: number;
  asOf: string;
  breachAt?: string | null;
}

export interface Budget {
  usedMs: number;
  leftMs: number;
  allowedMs: number;
  /** Percent of the bar. */
  used: number;
  tone: 'track' | 'risk' | 'over';
  /** Runs down with the clock. */
  running: boolean;
}

const RISK_SHARE = 0.3;

export function budgetAt(facts: BudgetFacts, now: number, counting: boolean): Budget {
  const passed = counting ? Math.max(0, now - Date.parse(facts.asOf)) : 0;
  const leftMs = facts.leftMs - passed;
  const usedMs = facts.allowedMs - leftMs;
  const used = facts.allowedMs <= 0 ? 100 : Math.max(0, Math.min(100, (usedMs / facts.allowedMs) * 100));
  const low = leftMs < facts.allowedMs * RISK_SHARE;
  const tone = leftMs < 0 ? 'over' : low || (counting && facts.breachAt != null) ? 'risk' : 'track';
  return { usedMs, leftMs, allowedMs: facts.allowedMs, used, tone, running: counting };
}

/** Share of the period that is over, in percent: where an even pace would stand today. */
export function pace(now: number, start: number, periodMs: number): number {
  return periodMs <= 0 ? 0 : Math.max(0, Math.min(100, ((now - start) / periodMs) * 100));
}
