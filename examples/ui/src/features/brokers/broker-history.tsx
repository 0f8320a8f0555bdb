import { Skeleton } from '@patternfly/react-core';
import { ProblemAlert } from '@/components/problem-alert';
import { Since } from '@/components/since';
import { StatusDot } from '@/components/status-dot';
import { useBrokerEvents } from '@/lib/api/queries';
import type { BrokerEvent } from '@/lib/api/types';
import { byWhom, eventWords, howOften } from '@/lib/event-words';
import { failureTitle } from '@/lib/failure-titles';
import { clockTime } from '@/lib/time';
import './broker-history.css';

/** What happened to the connection, newest first: when, what, by whom and why. */
export function BrokerHistory({ brokerId }: { brokerId: number }) {
  const { data: events, error } = useBrokerEvents(brokerId);
  if (events === undefined) {
    return error === null ? (
      <Skeleton height="6rem" screenreaderText="Loading the history" />
    ) : (
      <ProblemAlert title="The history could not be loaded" error={error} />
    );
  }
  if (events.length === 0) return <p className="subtle">Nothing has happened since the server started.</p>;
  return (
    <ol className="broker-history" aria-label="History">
      {events.map((event) => (
        <HistoryEntry key={event.sequence} event={event} />
      ))}
    </ol>
  );
}

function HistoryEntry({ event }: { event: BrokerEvent }) {
  const { tone, shape, what } = eventWords(event);
  const often = howOften(event);
  return (
    <li className="broker-history__entry">
      <span className="broker-history__time numbers">
        {clockTime(event.at)} <span className="subtle">(<Since at={event.at} />)</span>
      </span>
      <StatusDot tone={tone} shape={shape} />
      <div className="broker-history__words">
        <p>
          <span className="broker-history__what">{what}</span> <span className="subtle">{byWhom(event)}</span>
          {often !== '' && <span className="broker-history__often"> · {often}</span>}
        </p>
        {event.failure !== null && (
          <p>
            {failureTitle(event.failure)}: {event.failure.message} <span className="subtle">{event.failure.remedy}</span>
          </p>
        )}
      </div>
    </li>
  );
}
