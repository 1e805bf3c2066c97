// A correction as it is typed: what is wrong about it before it is sent, and how it is sent.
import type { ChangeWord } from '../../lib/api/figures';
import { t } from '../../lib/i18n.svelte';
import type { Faults } from '../../lib/problem';
import { instantOf } from '../../lib/zone';

export const REASON_MAX = 2_000;
export const PROOF_MAX = 5 * 1024 * 1024;
export const CHANGES: readonly ChangeWord[] = ['exclude', 'up', 'down'];

export interface Proposal {
  /** As typed, in the contract's zone. */
  from: string;
  to: string;
  change: ChangeWord;
  code: string;
  reason: string;
}

export interface Stretch {
  circuitCode: string;
  start: string;
  end: string;
  change: ChangeWord;
  code?: string;
}

/** What the server needs for a preview; null while the times or the code are not right. */
export function stretchOf(circuitCode: string, proposal: Proposal, zone: string | undefined, now: number): Stretch | null {
  const faults = stretchFaults(proposal, zone, now);
  const from = instantOf(proposal.from, zone);
  const to = instantOf(proposal.to, zone);
  if (Object.keys(faults).length > 0 || from === null || to === null) return null;
  const stretch = { circuitCode, start: new Date(from).toISOString(), end: new Date(to).toISOString(), change: proposal.change };
  return proposal.change === 'exclude' ? { ...stretch, code: proposal.code } : stretch;
}

/** By the server's names of the fields. */
export function stretchFaults(proposal: Proposal, zone: string | undefined, now: number): Faults {
  const faults: Faults = {};
  const from = instantOf(proposal.from, zone);
  const to = instantOf(proposal.to, zone);
  if (from === null) faults['start'] = t('propose.noTime');
  if (to === null) faults['end'] = t('propose.noTime');
  else if (to > now) faults['end'] = t('refused.future');
  else if (from !== null && from >= to) faults['end'] = t('refused.order');
  if (proposal.change === 'exclude' && proposal.code === '') faults['code'] = t('propose.needsCode');
  return faults;
}

export function reasonFault(reason: string): string {
  const length = [...reason.trim()].length;
  if (length === 0) return t('propose.needsReason');
  return length > REASON_MAX ? t('refused.too_long') : '';
}

/** A file as the server takes it. */
export function proofOf(file: File): Promise<{ name: string; mediaType: string; base64: string }> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onerror = () => fail(reader.error ?? new Error(file.name));
    reader.onload = () => {
      const address = String(reader.result);
      done({ name: file.name, mediaType: file.type || 'application/octet-stream', base64: address.slice(address.indexOf(',') + 1) });
    };
    reader.readAsDataURL(file);
  });
}
