import { useSyncExternalStore } from 'react';
import { session } from './session';

/** The token of the signed-in user, or null. */
export function useSession(): string | null {
  return useSyncExternalStore(session.subscribe, session.token);
}
