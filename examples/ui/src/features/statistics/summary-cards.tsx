import { Card, CardBody, Skeleton } from '@patternfly/react-core';
import { useDevices, useStatistics, useStatuses } from '@/lib/api/queries';
import './summary-cards.css';

const COUNT = new Intl.NumberFormat('en');

/** Connections and devices are counted from what the stream keeps fresh, the rest from the server's count. */
export function SummaryCards() {
  const statuses = useStatuses().data;
  const devices = useDevices().data;
  const statistics = useStatistics().data;
  const connected = statuses?.filter((status) => status.is_connected).length ?? 0;
  const online = devices?.filter((device) => device.presence === 'ONLINE').length ?? 0;
  const unreadable = statistics?.unreadable_total ?? 0;
  const unrouted = statistics?.unrouted_total ?? 0;
  const refused = statistics?.refused_total ?? 0;
  return (
    <ul className="summary-cards" aria-label="Summary">
      <Summary
        name="Brokers connected"
        value={statuses && `${connected} of ${statuses.length}`}
        tone={connected < (statuses?.length ?? 0) ? 'bad' : undefined}
      />
      <Summary name="Devices online" value={devices && `${online} of ${devices.length}`} />
      <Summary
        name="Readings in the last hour"
        value={statistics && COUNT.format(statistics.readings_last_hour)}
        note={statistics && `${COUNT.format(statistics.readings_total)} of at most ${COUNT.format(statistics.limits.readings)} kept`}
      />
      <Summary
        name="Messages not used"
        value={statistics && COUNT.format(unreadable + unrouted + refused)}
        note={statistics && notUsed(unreadable, unrouted, refused, statistics.limits.messages_per_second)}
        tone={unreadable + refused > 0 ? 'warn' : undefined}
      />
    </ul>
  );
}

function notUsed(unreadable: number, unrouted: number, refused: number, perSecond: number): string {
  const usual = `${COUNT.format(unreadable)} unreadable, ${COUNT.format(unrouted)} of no device`;
  return refused === 0 ? usual : `${usual}, ${COUNT.format(refused)} above ${COUNT.format(perSecond)} a second`;
}

interface SummaryProps {
  name: string;
  value: string | undefined;
  note?: string | undefined;
  tone?: 'bad' | 'warn' | undefined;
}

function Summary({ name, value, note, tone }: SummaryProps) {
  return (
    <li>
      <Card isFullHeight isCompact>
        <CardBody>
          <p className="summary-cards__name">{name}</p>
          <p className={`summary-cards__value${tone ? ` summary-cards__value--${tone}` : ''}`}>
            {value ?? <Skeleton width="50%" screenreaderText={`Loading ${name}`} />}
          </p>
          {note !== undefined && <p className="summary-cards__note">{note}</p>}
        </CardBody>
      </Card>
    </li>
  );
}
