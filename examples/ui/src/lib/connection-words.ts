import type { Status } from '@/lib/api/types';
import { failureTitle } from './failure-titles';
import { duration, millisSince } from './time';

export type Tone = 'good' | 'busy' | 'bad';
export type Shape = 'check' | 'spinner' | 'cross' | 'ring' | 'pause' | 'question';

/** How a connection is shown: always a colour, a shape and a word, and since when. */
export interface ConnectionWords {
  tone: Tone;
  shape: Shape;
  word: string;
  detail: string;
}

export function connectionWords(status: Status, now: number): ConnectionWords {
  if (status.waiting_position !== null && !status.is_connected) {
    return { tone: 'busy', shape: 'spinner', word: 'Waiting', detail: `position ${status.waiting_position}` };
  }
  const lasting = status.since === null ? '' : duration(millisSince(status.since, now));
  switch (status.state) {
    case 'CONNECTED':
      if (!status.responsive) return { tone: 'busy', shape: 'pause', word: 'Connected, not responding', detail: lasting };
      return { tone: 'good', shape: 'check', word: 'Connected', detail: lasting };
    case 'CONNECTING':
      return { tone: 'busy', shape: 'spinner', word: 'Connecting…', detail: lasting };
    case 'RECONNECTING':
      return { tone: 'busy', shape: 'spinner', ...retry(status, now) };
    case 'DISCONNECTING':
      return { tone: 'busy', shape: 'spinner', word: 'Disconnecting…', detail: '' };
    case 'FAILED':
      return { tone: 'bad', shape: 'cross', word: 'Failed', detail: status.failure ? failureTitle(status.failure) : '' };
    case 'DISCONNECTED':
      return { tone: 'bad', shape: 'ring', word: 'Disconnected', detail: lasting && `for ${lasting}` };
  }
}

function retry(status: Status, now: number): { word: string; detail: string } {
  const millis = status.next_attempt_at === null ? 0 : Date.parse(status.next_attempt_at) - now;
  return millis > 0
    ? { word: `Retry ${status.attempt} in ${duration(Math.max(millis, 1_000))}`, detail: '' }
    : { word: `Retry ${status.attempt}…`, detail: '' };
}

/** "Connected · 2 h 14 min" */
export function inOneLine({ word, detail }: ConnectionWords): string {
  return detail === '' ? word : `${word} · ${detail}`;
}
