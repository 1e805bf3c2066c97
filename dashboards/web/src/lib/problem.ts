// What went wrong, in the viewer's words: by the server's code for it. What the server itself said
// is English and exact, so it is kept beside the words.
import { ApiError } from './api/client';
import { has, t, type Params } from './i18n.svelte';
import { toast } from './toast.svelte';

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

/** A note at the foot of the page: `key` has a place for the reason. */
export function failed(key: string, error: unknown, params: Params = {}): void {
  const { text, detail } = said(error);
  toast(t(key, { ...params, reason: text }), { bad: true, detail });
}
