// Shapes of /api/v1 about what was measured, and where it crossed a threshold. Written by hand.
import type { Severity, Time } from './types';

export type Direction = 'above' | 'below';

/** What a threshold says, as it is written. */
export interface ThresholdBody {
  serviceType: string;
  serviceLevel: string;
  customerNo: string;
  param: string;
  granularityS: number;
  direction: Direction;
  set: number;
  reset: number;
  needed: number;
  of: number;
  severity: Severity;
  enabled: boolean;
  note: string;
}

export interface Threshold extends ThresholdBody {
  id: string;
  customerName: string;
  since: Time;
  changedBy: string;
}

export interface ThresholdCrossing {
  circuitCode: string;
  source: string;
  objectId: string;
  location: string;
  raisedAt: Time;
  clearedAt: Time | null;
  value: number;
}

export interface ThresholdPreview {
  from: Time;
  to: Time;
  crossings: number;
  circuitsCrossed: number;
  circuitsMeasured: number;
  circuitsExamined: number;
  circuitsInScope: number;
  items: ThresholdCrossing[];
}

type Values = (number | null)[];

export interface Param {
  kind: 'counter' | 'gauge' | 'seconds';
  values?: Values;
  mean?: Values;
  min?: Values;
  max?: Values;
  p95?: Values;
  baseline?: { median: Values; low: Values; high: Values };
}

export interface Series {
  /** Only for staff. */
  source?: string;
  objectId?: string;
  location: string;
  granularityS: number;
  completeness: number | null;
  times: Time[];
  params: Record<string, Param>;
}

export interface Performance {
  from: Time;
  to: Time;
  resolution: 'measured' | 'hour' | 'day' | 'month';
  series: Series[];
  /** Only for staff: the thresholds that hold for the circuit. */
  thresholds?: Threshold[];
}
