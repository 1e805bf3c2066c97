// Which moment of a day is worth explaining, and the moments beside an interval.
import type { LedgerClass } from '../../lib/api/types';

const WORST: readonly LedgerClass[] = ['down', 'excluded', 'unmeasured', 'outside_window', 'not_in_service', 'up'];

export interface Piece {
  start: string;
  end: string;
  class: LedgerClass;
  degraded?: boolean;
}

/** The beginning of what hurt most in [from, to): what is explained when a whole day is asked for. */
export function worstMoment(pieces: readonly Piece[], from: number, to: number): string {
  const within = pieces.filter((one) => Date.parse(one.start) < to && Date.parse(one.end) > from);
  const rank = (one: Piece) => WORST.indexOf(one.class) - (one.degraded === true ? 0.5 : 0);
  const [worst] = [...within].sort((a, b) => rank(a) - rank(b) || Date.parse(a.start) - Date.parse(b.start));
  return atSecond(Math.max(from, worst === undefined ? from : Date.parse(worst.start)), 'up');
}

/** Just before an interval, or where it ends: the next ones to explain. */
export function beside(interval: { start: string; end: string }): { before: string; after: string } {
  return { before: atSecond(Date.parse(interval.start) - 1, 'down'), after: atSecond(Date.parse(interval.end), 'up') };
}

/** Whole seconds, so that the address stays short; never across the edge that was meant. */
function atSecond(at: number, towards: 'up' | 'down'): string {
  const second = (towards === 'up' ? Math.ceil(at / 1000) : Math.floor(at / 1000)) * 1000;
  return new Date(second).toISOString().replace('.000', '');
}
