import type { Status } from '@/lib/api/types';
import { epochMillis } from '@/lib/time';

/**
 * Whether it was so before the other. What is asked for while the state changes may be the state from before with the time of the answer: so
 * the beginning of the state decides first.
 */
export function isOlder(status: Status, other: Status): boolean {
  const began = epochMillis(status.since ?? status.at) - epochMillis(other.since ?? other.at);
  return began < 0 || (began === 0 && epochMillis(status.at) < epochMillis(other.at));
}
