// Shapes of the sources: managers and systems that we listen to, and what they measure for us.
import type { RunState } from './noc';
import type { Time } from './types';

export type SourceState = 'live' | 'stale' | 'waiting';

export interface SyncRun {
  syncReqId: string;
  reason: string;
  state: RunState;
  requestedAt: Time;
  endedAt: Time | null;
  raised: number;
  cleared: number;
  error: string;
}

export interface Source {
  id: string;
  kind: 'transport' | 'ip' | 'atm' | 'resource' | 'eoms' | 'omc' | 'snmp';
  state: SourceState;
  lastHeard: Time | null;
  silenceS: number;
  silentForMs: number | null;
  lagMs: number | null;
  alarms10min: number;
  circuits: number;
  activeAlarms: number;
  alarmSeq: number | null;
  lastSync: SyncRun | null;
}

/** A performance task at a network manager. */
export interface PmTask {
  pmTaskId: string;
  name: string;
  params: string[];
  granularity: '15M' | '24H';
  objects: number;
  status: 'ACTIVE' | 'SUSPENDED' | 'FAILED' | 'DELETED' | null;
  reason: string;
  toldAt: Time | null;
  checkedAt: Time | null;
}

/** A stretch of the past that was asked for again. */
export interface PmHistory {
  pmTaskId: string;
  from: Time;
  to: Time;
  askedBy: string;
  askedAt: Time;
  state: 'WAITING' | 'ASKED' | 'FAILED';
  syncReqId: string;
  reason: string;
}

export interface SourceDetail extends Source {
  pmTasks: PmTask[];
  pmHistory: PmHistory[];
}

/** A source's day of performance data, quarter hour by quarter hour from `start`. */
export interface PmDay {
  source: string;
  date: string;
  start: Time;
  slots: ('open' | 'missing' | 'failed' | 'waiting' | 'partial' | 'complete')[];
  complete: number;
  due: number;
  waiting: number;
  faults: { period: { start: Time; end: Time }; path: string; rows: number; refused: number; reason: string }[];
}
