// Shapes of /api/v1 for the operations centre. The portal never imports this file.
import type { CircuitState, LedgerClass, Page, PlaceState, Severity, Text2, Time, Zone } from './types';

export type Effect = 'OUTAGE' | 'DEGRADED' | 'NONE';
export type RunState = 'requested' | 'loading' | 'waiting_approval' | 'done' | 'failed' | 'cancelled';
export type DispatchReason =
  | 'persisted'
  | 'key_protected'
  | 'manual'
  | 'persisting'
  | 'planned_work'
  | 'no_circuit'
  | 'cleared_first'
  | 'linked'
  | 'no_peer';

export interface CustomerRef {
  customerNo: string;
  name: string;
  level: string;
}

export interface TicketRef {
  alarmId: string;
  sheetNo: string;
  state: string;
}

export interface Alarm {
  id: number;
  source: string;
  alarmId: string;
  severity: Severity;
  effect: Effect;
  title: string;
  nativeCause: string;
  probableCause: string;
  objectType: string | null;
  objectId: string;
  objectName: string;
  neId: string;
  neName: string;
  location: string;
  emsName: string;
  vendor: string;
  specialty: string | null;
  raisedAt: Time;
  neTime: Time | null;
  emsTime: Time | null;
  receivedAt: Time;
  clearedAt: Time | null;
  clearType: string | null;
  raises: number;
  foundBySync: boolean;
  toggling: boolean;
  stale: boolean;
  faultNo: string | null;
  isCause: boolean;
  explainedBy: string;
  symptoms: number;
  circuits: number;
  circuitsDown: number;
  circuitsUnprotected: number;
  customers: CustomerRef[];
  customersTotal: number;
  slaLeftMs: number | null;
  breachAt: Time | null;
  acknowledged: { by: string; at: Time; note: string } | null;
  ticket: TicketRef | null;
}

export interface AlarmSummary {
  critical: number;
  major: number;
  minor: number;
  warning: number;
  indeterminate: number;
  unacknowledged: number;
  stale: number;
  toggling: number;
  causes: number;
  total: number;
  perTenMinutes: number;
  causesPerTenMinutes: number;
}

export interface ImpactCircuit {
  code: string;
  state: CircuitState;
  slaLeftMs: number | null;
  breachAt: Time | null;
}

export interface TimelineEntry {
  at: Time;
  what: string;
  by: string;
  text: string;
}

export interface AlarmDetail extends Alarm {
  additionalText: string;
  advice: string;
  adviceZh?: string | null;
  raw: string | null;
  impact: (CustomerRef & { circuitsTotal?: number; circuits: ImpactCircuit[] })[];
  timeline: TimelineEntry[];
  path?: { circuitCode: string } | null;
}

export interface Circuit {
  code: string;
  name: string;
  customerNo: string;
  customerName: string;
  aEnd: string;
  zEnd: string;
  serviceType: string;
  rateKbps: number | null;
  serviceLevel: string;
  state: CircuitState;
  since: Time | null;
  protected: boolean;
  slaLeftMs: number | null;
  slaAllowedMs: number | null;
  breachAt?: Time | null;
  /** Percent of the period so far that was measured. */
  completeness: string | null;
  stale: boolean;
}

/** Circuits whose promise is broken or at risk, and how many of each the same customer has. */
export interface UrgentPage extends Page<Circuit> {
  breached: number;
  atRisk: number;
}

/** Something that was refused. */
export interface Quarantined {
  id: number;
  at: Time;
  source: string;
  address: string;
  kind: string;
  name: string;
  reason: string;
  bytes: number;
  repeats: number;
  lastAt: Time;
}

export interface QuarantinedDetail extends Quarantined {
  keptBytes: number;
  excerpt: string;
}

export interface CircuitDetail extends Circuit {
  plan: { name: string; target: number | string; zone: string; sentence?: Text2 } | null;
  contractNo: string;
  managerName: string;
  inServiceTime: Time | null;
  outOfServiceTime: Time | null;
  alarms: Alarm[];
  fault: Fault | null;
  ticket: TicketRef | null;
  issues: string[];
}

export interface HopAlarm {
  id: number;
  severity: Severity;
  nativeCause: string;
  raisedAt: Time;
}

export interface Hop {
  hop: number;
  objectType: string;
  objectId: string;
  name: string;
  neName: string;
  zone: Zone;
  state: PlaceState;
  alarms: HopAlarm[];
}

export interface Path {
  aEnd: string;
  zEnd: string;
  segments: {
    segment: number;
    state: PlaceState;
    alternatives: { alternative: number; state: PlaceState; hops: Hop[] }[];
  }[];
}

export interface Evidence {
  kind: 'alarm' | 'cutover' | 'suspend' | 'hold' | 'correction' | 'silence';
  id: string;
  title: string;
  faultNo?: string | null;
}

export interface Interval {
  start: Time;
  end: Time;
  class: LedgerClass;
  code?: string | null;
  down?: boolean;
  degraded?: boolean;
  /** In words; the class and the code say the same. */
  why?: Text2;
  /** Where on the line its cause was; null = no alarm says. */
  place?: Text2 | null;
  evidence: Evidence[];
}

export interface Ledger {
  intervals: Interval[];
  totals: Partial<Record<string, number>>;
}

export interface Fault {
  faultNo: string;
  episode: number;
  state: 'open' | 'cleared' | 'closed' | 'closed_still_down' | 'merged';
  causeObjectType: string;
  causeObjectId: string;
  causeObjectName?: string;
  cause: string;
  nativeCause: string;
  title: string;
  rootAlarm: number;
  severity: Severity;
  alarms: number;
  alarmsActive: number;
  circuitsTotal?: number;
  circuitsDown?: number;
  customersTotal?: number;
  circuitsPeak: number;
  customersPeak: number;
  circuits: { circuitCode: string; down: boolean }[];
  customers: string[];
  customerLevel: string;
  serviceLevel: string;
  keyProtected: boolean;
  priority: number;
  firstAt: Time;
  lastAt: Time;
  clearedAt: Time | null;
  dueAt: Time | null;
  dispatch: DispatchReason;
  mergedInto: string | null;
  ticket?: TicketRef | null;
}

export interface FaultAlarm {
  id: number;
  parent: number | null;
  explainedBy: string;
  severity: Severity;
  nativeCause: string;
  title: string;
  objectName: string;
  neName: string;
  raisedAt: Time;
  clearedAt: Time | null;
}

/** `GET /faults/{no}`: the counts of the list become the lists themselves. */
export interface FaultDetail extends Omit<Fault, 'alarms' | 'circuits' | 'customers'> {
  alarms: FaultAlarm[];
  circuits: { code: string; state: CircuitState; customerNo?: string; slaLeftMs?: number | null }[];
  customers: (CustomerRef & { circuits?: number })[];
  timeline: TimelineEntry[];
}

export interface Ticket {
  alarmId: string;
  faultNo: string;
  episode: number;
  sheetNo: string;
  state: string;
  sheetStatus: string;
  openedAt: Time;
  changedAt: Time;
  dealTimeLimit: Time | null;
  restoredAt: Time | null;
  notes: { at: Time; operation: string; by: string; text: string }[];
}

export interface ResourceLoad {
  id: number | string;
  class: string;
  mode: string;
  state: RunState;
  source: string;
  startedAt: Time;
  endedAt: Time | null;
  rowsRead: number;
  rowsTotal: number | null;
  added: number;
  changed: number;
  deleted: number;
  held: number;
  refused: number;
  etaS: number | null;
  error?: string;
  issues: { row: number; key: string; reason: string }[];
}

export interface Customer {
  customerNo: string;
  name: string;
  level: string;
  circuits: number;
  down: number;
  degraded: number;
  atRisk: number;
}

export interface CustomerDetail extends Customer {
  parent: CustomerRef | null;
  children: CustomerRef[];
  managerName: string;
  managerPhone: string;
  managerEmail: string;
}

export interface SearchHit {
  kind: 'circuit' | 'customer' | 'alarm' | 'ticket' | 'fault';
  id: string | number;
  title: string;
  state: string | null;
}
