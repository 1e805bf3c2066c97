// The words and shapes of /api/v1 that both pages use. Times are RFC 3339 UTC text.

export type Time = string;
export type Text2 = { zh: string; en: string };
export type Severity = 0 | 1 | 2 | 3 | 4;
export type CircuitState = 'down' | 'degraded' | 'up' | 'not_in_service';
/** Of a place on a path: unknown while nobody looks. */
export type PlaceState = 'down' | 'degraded' | 'up' | 'unknown';
export type LedgerClass = 'not_in_service' | 'outside_window' | 'excluded' | 'down' | 'unmeasured' | 'up';
export type Zone = 'customer' | 'access' | 'backbone';

export interface Page<T> {
  items: T[];
  next: string | null;
  total?: number;
  asOf: Time;
}

export interface FieldFault {
  field: string;
  /** In English. */
  reason: string;
  /** The kind of fault, if the server names it: what the words go by. */
  code?: string;
}

export interface Problem {
  type?: string;
  title: string;
  status: number;
  /** The kind of problem: what the words go by. */
  code?: string;
  detail?: string;
  requestId?: string;
  errors?: FieldFault[];
}

export interface Session {
  login: string;
  role: 'admin' | 'noc' | 'customer';
  customerNo?: string;
  name?: string;
  language?: string;
}

export interface Clock {
  now: Time;
  speed: number;
}

export interface RibbonDay {
  date: string;
  /** Of today: up to now. */
  lengthMs: number;
  downMs: number;
  excludedMs: number;
  unmeasuredMs: number;
  notInServiceMs: number;
  degradedMs: number;
}

export interface RibbonDays {
  zone: string;
  days: RibbonDay[];
}

/** The figure of one circuit and period, with the budget that follows from it. */
export interface Sla {
  circuitCode: string;
  asOf: Time;
  serviceMs: number;
  downMs: number;
  excludedOutageMs: number;
  excludedWindowMs: number;
  unmeasuredMs: number;
  notInServiceMs: number;
  outsideWindowMs: number;
  availability: number | string | null;
  grossAvailability: number | string | null;
  /** Share of the time in service that was measured, percent. */
  completeness: number | string | null;
  outages: number;
  mttrMs: number | null;
  mtbfMs: number | null;
  longestMs: number | null;
  target: number | string;
  allowedMs: number;
  leftMs: number;
  breachAt?: Time | null;
  periodMs: number;
  explain?: Text2;
  /** The formula with its numbers: the plan's, and gross. For the operations centre only. */
  formula?: string[];
  methodName?: string | Text2;
}

/** Unavailable seconds as measured beside the down time by alarms, over whole stretches in service. */
export interface SlaPerformance {
  circuitCode: string;
  asOf: Time;
  limitMs: number;
  /** The difference is larger than the limit. */
  over: boolean;
  explain: Text2;
  /** Null = nothing was measured. */
  measured: {
    stepS: number;
    oneWay: boolean;
    availability: number | string | null;
    availabilityByAlarms: number | string | null;
    completeness: number | string | null;
    comparedMs: number;
    unavailableMs: number;
    downMs: number;
    moreMs: number;
    lessMs: number;
    gapMs: number;
    gapDownMs: number;
    silentMs: number;
    silentUnavailableMs: number;
    differing: number;
    differences: { start: Time; end: Time; unavailableMs: number; downMs: number }[];
  } | null;
}
