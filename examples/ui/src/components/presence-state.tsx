import type { Presence } from '@/lib/api/types';
import type { Shape, Tone } from '@/lib/connection-words';
import { StatusDot } from './status-dot';
import './connection-state.css';

const WORDS: Record<Presence, { tone: Tone | 'none'; shape: Shape; word: string }> = {
  ONLINE: { tone: 'good', shape: 'check', word: 'Online' },
  QUIET: { tone: 'busy', shape: 'pause', word: 'Quiet' },
  OFFLINE: { tone: 'bad', shape: 'ring', word: 'Offline' },
  UNKNOWN: { tone: 'none', shape: 'question', word: 'Unknown' },
};

export function PresenceState({ presence, stale = false }: { presence: Presence; stale?: boolean }) {
  const { tone, shape, word } = WORDS[presence];
  return (
    <span className="connection-state">
      <StatusDot tone={tone} shape={shape} faded={stale} />
      <span className="connection-state__words connection-state__word">{word}</span>
    </span>
  );
}
