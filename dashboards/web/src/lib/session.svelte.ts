// Who is signed in. A lost session goes to the sign-in page and comes back to the same address.
import { ApiError, del, get } from './api/client';
import type { Session } from './api/types';

let who = $state.raw<Session | null>(null);

export const session = {
  get who(): Session | null {
    return who;
  },
};

let early: Promise<Session | null | undefined> | undefined;

/** Asks while the words are still on their way; the next look takes this answer. */
export function askEarly(): void {
  early = get<Session | null | undefined>('/session');
  early.catch(() => undefined);
}

/** null = not signed in (204, or 401); throws if the server cannot be asked. */
export async function loadSession(): Promise<Session | null> {
  const asked = early;
  early = undefined;
  try {
    who = (await (asked ?? get<Session | null | undefined>('/session'))) ?? null;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    who = null;
  }
  return who;
}

const RETRY_MS = 3_000;

/** Asks until the server answers; `waiting` is told when it does not. */
export async function needSession(waiting: (away: boolean) => void): Promise<Session | null> {
  for (;;) {
    try {
      const found = await loadSession();
      waiting(false);
      return found;
    } catch {
      waiting(true);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

export function signedOut(): void {
  const next = location.pathname + location.search;
  location.replace(`/login?next=${encodeURIComponent(next)}`);
}

export async function signOut(): Promise<void> {
  await del('/session');
  location.replace('/login');
}

/** The page a role starts on. */
export function homeOf(role: Session['role']): string {
  return role === 'customer' ? '/portal' : '/noc';
}
