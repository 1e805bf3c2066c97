// Shapes of /api/v1 for administrators: people, tokens, and who did what.
import type { Time } from './types';

export interface User {
  login: string;
  role: 'admin' | 'noc' | 'customer';
  customerNo: string | null;
  name: string;
  language: string;
  disabled: boolean;
  createdAt: Time;
}

export interface ApiToken {
  id: number;
  name: string;
  role: User['role'];
  customerNo: string | null;
  createdAt: Time;
  createdBy: string;
  expiresAt: Time | null;
  lastUsedAt: Time | null;
}

/** One thing that somebody did. */
export interface AuditEntry {
  id: string;
  at: Time;
  who: string;
  what: string;
  object: string;
  detail: string;
}

/** Whether the audit log is whole. */
export interface AuditChain {
  checkedAt: Time;
  entries: number;
  head: string;
  /** null: they cannot be read. */
  checkpoints: number | null;
  breaks: { id: string; kind: 'doesNotFit' | 'cutOff' | 'notAsChecked' | 'falseCheckpoint' }[];
}
