import type { Status } from '@/lib/api/types';
import { connectionWords } from '@/lib/connection-words';
import { exact } from '@/lib/time';
import { useNow } from '@/lib/use-now';
import { StatusDot } from './status-dot';
import './connection-state.css';

/** Dot, word and since when. When the server cannot be asked any more, what was last known, faded. */
export function ConnectionState({ status, stale, brief = false }: { status: Status; stale: boolean; brief?: boolean }) {
  const words = connectionWords(status, useNow());
  return (
    <span className="connection-state" title={status.since === null ? undefined : `since ${exact(status.since)}`}>
      <StatusDot tone={words.tone} shape={words.shape} faded={stale} />
      <span className="connection-state__words">
        <span className={`connection-state__word connection-state__word--${words.tone}`}>{words.word}</span>
        {words.detail !== '' && !stale && !brief && <span className="connection-state__detail"> · {words.detail}</span>}
        {stale && <span className="connection-state__detail"> · Last known</span>}
      </span>
    </span>
  );
}
