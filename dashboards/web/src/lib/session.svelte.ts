// Who is signed in. A lost session goes to the sign-in page and comes back to the same address.
import { ApiError, del, get } from './api/client';
import type { Session } from './api/types';

let who = $state.raw<Session | null>(null);

export const session = {
  get who(): Session | null {
    return who;
  },
};

/** null = not signed in; throws if the server cannot be asked. */
export async function loadSession(): Promise<Session | null> {
  try {
    who = await get<Session>('/session');
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    who = null;
  }
  return who;
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
