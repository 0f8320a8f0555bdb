import type { BrokerEvent, EventType } from '@/lib/api/types';
import type { Shape, Tone } from './connection-words';
import { clockTime } from './time';

const WORDS: Record<EventType, { tone: Tone | 'none'; shape: Shape; what: string }> = {
  CONNECT_REQUESTED: { tone: 'none', shape: 'ring', what: 'Connecting was asked for' },
  DISCONNECT_REQUESTED: { tone: 'none', shape: 'ring', what: 'Disconnecting was asked for' },
  DEFINITION_CHANGED: { tone: 'none', shape: 'ring', what: 'The settings were changed' },
  CONNECTED: { tone: 'good', shape: 'check', what: 'Connected' },
  ATTEMPT_FAILED: { tone: 'bad', shape: 'cross', what: 'Attempt failed' },
  CONNECTION_LOST: { tone: 'bad', shape: 'cross', what: 'Connection lost' },
  DISCONNECTED: { tone: 'bad', shape: 'ring', what: 'Disconnected' },
  UNRESPONSIVE: { tone: 'busy', shape: 'pause', what: 'The broker stopped answering' },
  RESPONSIVE: { tone: 'good', shape: 'check', what: 'The broker answers again' },
  SUBSCRIPTION_REFUSED: { tone: 'busy', shape: 'pause', what: 'Topics refused' },
  QUARANTINED: { tone: 'bad', shape: 'cross', what: 'Left alone after too many take-overs' },
  SESSION_LOST: { tone: 'busy', shape: 'pause', what: 'The broker has forgotten the session' },
  HANDLERS_TROUBLED: { tone: 'busy', shape: 'pause', what: 'Messages are not handled as they should be' },
  HANDLERS_RECOVERED: { tone: 'good', shape: 'check', what: 'Messages are handled again' },
};

const INITIATORS: Record<string, string> = {
  USER: 'by a user',
  DEFINITION: 'by its settings',
  BROKER: 'by the broker',
  NETWORK: 'by the network',
  MANAGER: 'by this server',
};

/** What happened, in words; a type that this page has never heard of is shown as it is. */
export function eventWords(event: BrokerEvent) {
  return WORDS[event.type] ?? { tone: 'none' as const, shape: 'question' as const, what: event.type };
}

/** "by anna", "by the broker" */
export function byWhom({ actor, initiator }: BrokerEvent): string {
  return actor === null ? (INITIATORS[initiator] ?? '') : `by ${actor}`;
}

/** "14 times since 10:41:03" */
export function howOften({ repeated, first_at }: BrokerEvent): string {
  return repeated > 1 ? `${repeated} times since ${clockTime(first_at)}` : '';
}
