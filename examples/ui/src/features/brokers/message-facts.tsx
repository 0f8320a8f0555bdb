import { Alert } from '@patternfly/react-core';
import { Fact, Facts } from '@/components/facts';
import { Since } from '@/components/since';
import type { Handling, Traffic } from '@/lib/api/types';

/** What came in and went out, and where all of it is. What never happened is left out, but for the sums. */
export function MessageFacts({ traffic: { inbound, outbound }, handling }: { traffic: Traffic; handling: Handling }) {
  return (
    <div className="broker-page__messages">
      <Trouble handling={handling} />
      <Facts columnModifier={{ default: '1Col', md: '2Col', xl: '3Col' }}>
        <Count name="Received" of={inbound.received} always />
        <Count name="Delivered" of={inbound.handled} always />
        <Count name="Being handled" of={inbound.open} />
        <Count name="Known already" of={inbound.duplicates} />
        <Count name="Of no device" of={inbound.unrouted} />
        <Count name="Dropped (QoS 0, too many)" of={inbound.dropped} />
        <Count name="Left to the broker, which sends again" of={inbound.released} />
        <Count name="Commands accepted" of={outbound.accepted} always />
        <Count name="Confirmed by the broker" of={outbound.published} always />
        <Count name="Waiting" of={outbound.queued} />
        <Count name="Sent, not confirmed yet" of={outbound.in_flight} />
        <Count name="Failed" of={outbound.failed} />
        <Count name="Expired" of={outbound.expired} />
        <Count name="Refused, for too many waited" of={outbound.rejected} />
      </Facts>
    </div>
  );
}

function Count({ name, of, always = false }: { name: string; of: number; always?: boolean }) {
  return of > 0 || always ? <Fact name={name}>{of.toLocaleString('en')}</Fact> : null;
}

function Trouble({ handling }: { handling: Handling }) {
  const parts = [
    handling.failing > 0 ? `${handling.failing.toLocaleString('en')} could not be stored and are tried again` : null,
    handling.overdue > 0 ? `${handling.overdue.toLocaleString('en')} take longer than they should` : null,
    handling.paused ? 'the broker has to wait until this server has caught up' : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return (
    <Alert variant="warning" isInline title="This server does not keep up with the messages">
      {parts.join('; ')}.
      {handling.troubled_since !== null && <> Since <Since at={handling.troubled_since} />.</>} Nothing is lost: the broker keeps what is not confirmed.
    </Alert>
  );
}
