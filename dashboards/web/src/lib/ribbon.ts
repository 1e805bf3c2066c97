// What one day of the availability ribbon looks like. Shape carries the meaning (height, hatch,
// dash); colour only repeats it.
import type { RibbonDay } from './api/types';

export type DayKind = 'up' | 'down' | 'excluded' | 'unmeasured' | 'degraded' | 'none';

export interface DayBar {
  kind: DayKind;
  /** Percent of the bar that is filled, for `down`. */
  height: number;
}

const LONGEST = 4 * 3_600_000;
const LEAST = 18;

export function dayBar(day: RibbonDay): DayBar {
  if (day.downMs > 0) return { kind: 'down', height: heightOf(day.downMs) };
  if (day.excludedMs > 0) return { kind: 'excluded', height: 100 };
  if (day.lengthMs > 0 && day.notInServiceMs >= day.lengthMs) return { kind: 'none', height: 100 };
  if (day.unmeasuredMs > 0) return { kind: 'unmeasured', height: 100 };
  return day.degradedMs > 0 ? { kind: 'degraded', height: 100 } : { kind: 'up', height: 100 };
}

/** Ten minutes of a day would be under a pixel, so the height follows the square root up to 4 h. */
function heightOf(downMs: number): number {
  return Math.round(Math.max(LEAST, Math.min(1, Math.sqrt(downMs / LONGEST)) * 100));
}
