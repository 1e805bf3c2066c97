// What went wrong, in the viewer's words: by the server's code for it. What the server itself said
// is English and exact, so it is kept beside the words.
import { ApiError } from './api/client';
import type { FieldFault } from './api/types';
import { has, t, type Params } from './i18n.svelte';
import { toast } from './toast.svelte';

/** What is wrong, by field. */
export type Faults = Partial<Record<string, string>>;

export interface Said {
  text: string;
  /** The server's own words; empty if they add nothing. */
  detail: string;
}

/** Codes that have words of an older name. */
const KEYS: Record<string, string> = { forbidden: 'error.forbidden', not_found: 'error.notFound', login_failed: 'signin.wrong' };
/** The words of these say all that there is. */
const PLAIN = ['not_found', 'login_failed', 'unauthenticated', 'internal'];

export function said(error: unknown): Said {
  if (!(error instanceof ApiError) || error.offline) return { text: t('error.offline'), detail: '' };
  const code = error.problem?.code ?? '';
  const key = KEYS[code] ?? `problem.${code}`;
  const fields = (error.problem?.errors ?? []).map((one) => `${one.field}: ${one.reason}`).join('; ');
  return {
    text: has(key) ? t(key) : t('problem.other', { status: error.status }),
    detail: PLAIN.includes(code) ? '' : fields || (error.problem?.detail ?? ''),
  };
}

/** One field that was refused: in words if the server names the kind of its fault, else as it said it. */
export function fieldSaid(fault: FieldFault): string {
  const key = `refused.${fault.code ?? ''}`;
  return has(key) ? t(key) : t('problem.field', { reason: fault.reason });
}

/** What the server refused: by field, or as a whole. */
export function refused(error: unknown): { faults: Faults; failure: unknown } {
  const fields = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  if (fields.length === 0) return { faults: {}, failure: error };
  return { faults: Object.fromEntries(fields.map((one) => [one.field, fieldSaid(one)])), failure: null };
}

/** A note at the foot of the page: `key` has a place for the reason. */
export function failed(key: string, error: unknown, params: Params = {}): void {
  const { text, detail } = said(error);
  toast(t(key, { ...params, reason: text }), { bad: true, detail });
}
