// Shapes of /api/v1 about how figures come about: corrections, versions, service classes, the evidence
// of a minute, and reports. Written by hand; the portal takes only its own report from here.
import type { LedgerClass, Text2, Time } from './types';

export interface Span {
  start: Time;
  end: Time;
}

export type ChangeWord = 'exclude' | 'up' | 'down';
export type CorrectionState = 'proposed' | 'approved' | 'rejected' | 'withdrawn';

export interface Numbers {
  availability: number | string | null;
  downMs: number;
  excludedOutageMs: number;
  leftMs: number;
  allowedMs: number;
  met: boolean | null;
}

/** What a correction does to the figure of one period. */
export interface FigureEffect {
  period: Span;
  before: Numbers;
  after: Numbers;
}

export interface Proof {
  name: string;
  mediaType: string;
  bytes: number;
  sha256: string;
}

/** A change of the ledger that one person proposes and another decides. */
export interface Correction extends Span {
  id: string;
  circuitCode: string;
  customerNo: string;
  customerName: string;
  change: ChangeWord;
  /** Why it is excluded; only with `exclude`. */
  code: string | null;
  reason: string;
  proof: Proof | null;
  state: CorrectionState;
  proposedBy: string;
  proposedAt: Time;
  decidedBy: string | null;
  decidedAt: Time | null;
  /** Of the decision. */
  note: string;
  /** Empty in lists for what is decided. */
  effects: FigureEffect[];
  mayDecide: boolean;
  mayWithdraw: boolean;
}

/** A figure as it was at some time, and why it was computed anew. */
export interface Version {
  circuitCode: string;
  period: Span;
  version: number;
  at: Time;
  /** `closed`, `baseline`, `correction:12`, `alarm:…`, `cutover:…`, `hold:…`, `inventory`, `plan`. */
  cause: string;
  /** Empty = the system. */
  by: string;
  plan: string;
  asOf: Time;
  before: Numbers | null;
  after: Numbers;
  /** The period is closed. */
  pinned: boolean;
}

export interface Kind {
  class: LedgerClass;
  code: string | null;
  down: boolean;
  degraded: boolean;
}

/** A stretch that counts otherwise than in the version before. */
export interface VersionChange extends Span {
  was: Kind | null;
  is: Kind | null;
}

export interface VersionDetail {
  version: Version;
  changes: VersionChange[];
}

export interface ServiceWindow {
  days: string[];
  from: string;
  to: string;
  holidays: string[];
  workdays: string[];
}

/** One condition and what it is worth, in percent of the charge. */
export interface Credit {
  below?: number | string | null;
  longerThanS?: number | null;
  percent: number | string;
}

/** A service class: how the time of its circuits is accounted. */
export interface Plan {
  name: string;
  builtIn: boolean;
  target: number | string;
  zone: string;
  period: string;
  periodStartDay: number;
  clock: string;
  mergeGapS: number;
  minOutageS: number;
  denominator: string;
  unmeasured: string;
  noticeH: number;
  exclusions: string[];
  serviceWindow: ServiceWindow | null;
  restoreWithinS: number | null;
  credits: Credit[];
  chronicOutages: number;
  chronicDays: number;
  repeatDays: number;
  /** Contracts that name it. */
  contracts: number;
  sentence: Text2;
}

export interface Explained {
  at: Time;
  interval: Span & Kind & { why: Text2; place: Text2 | null };
  evidence: { kind: string; id: string; title: string; detail: Text2 | null; raw: string | null }[];
  version: number | null;
  method: Text2;
  formula: string[];
}

export type ReportFormat = 'pdf' | 'xlsx' | 'csv';

export interface ReportRun {
  id: string;
  period: Span;
  /** `2026-10`. */
  label: string;
  language: 'zh' | 'en';
  formats: ReportFormat[];
  customers: number;
  done: number;
  failed: number;
  state: 'queued' | 'running' | 'done' | 'cancelled';
  requestedBy: string;
  requestedAt: Time;
  endedAt: Time | null;
  etaS: number | null;
  scheduled: boolean;
}

/** What a person does about a credit. */
export type CreditAct = 'propose' | 'approve' | 'reject' | 'withdraw';

/** What is given back for a broken promise, of the monthly charge. */
export interface CircuitCredit {
  id: string;
  label: string;
  period: Span;
  circuitCode: string;
  customerNo: string;
  customerName: string;
  percent: number;
  plan: string;
  version: number;
  advisedAt: Time;
  replaces: string | null;
  state: 'advised' | 'proposed' | 'approved' | 'rejected' | 'superseded' | 'replaced';
  proposedBy: string | null;
  proposedAt: Time | null;
  decidedBy: string | null;
  decidedAt: Time | null;
  note: string;
  mayPropose: boolean;
  mayDecide: boolean;
  mayWithdraw: boolean;
}

export interface Delivery {
  channel: 'portal' | 'mail' | 'sftp';
  state: 'waiting' | 'done' | 'failed';
  /** While it waits: of the next try. */
  at: Time;
  receipt: string;
  /** Address or URL that it was sent to last; empty for the portal. */
  place: string;
}

export interface ReportFile {
  id: string;
  runId: string;
  customerNo: string;
  customerName: string;
  period: Span;
  language: string;
  format: ReportFormat;
  revision: number;
  state: 'done' | 'failed' | 'waiting';
  error: string;
  bytes: number;
  sha256: string;
  createdAt: Time | null;
  /** The revision that it replaces. */
  supersedes: number | null;
  deliveries: Delivery[];
}

/** A month over all customers, with the indicator file for headquarters. */
export interface StandingReport {
  id: string;
  label: string;
  period: Span;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  error: string;
  circuits: number;
  done: number;
  requestedBy: string;
  requestedAt: Time;
  endedAt: Time | null;
  scheduled: boolean;
  files: { name: string; bytes: number; sha256: string }[];
}

/** A report in the portal. */
export interface OwnReport {
  id: string;
  label: string;
  period: Span | null;
  language: string;
  format: ReportFormat;
  revision: number;
  /** The period is closed: only a revision changes it. */
  final: boolean;
  bytes: number;
  sha256: string;
  createdAt: Time;
}
