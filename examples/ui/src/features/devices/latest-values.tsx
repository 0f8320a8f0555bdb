import { Card, CardBody, CardHeader, CardTitle, Skeleton, Title } from '@patternfly/react-core';
import { Link } from 'react-router';
import { PresenceState } from '@/components/presence-state';
import { useDevices } from '@/lib/api/queries';
import type { Device } from '@/lib/api/types';
import { useLive } from '@/lib/live/live-context';
import { DataFreshness } from './data-freshness';
import { ValueList } from './value-list';
import './latest-values.css';

/** What every sensor said last, and how long ago. */
export function LatestValues() {
  const devices = useDevices().data;
  return (
    <section aria-labelledby="latest-values">
      <Title headingLevel="h2" id="latest-values" className="latest-values__title">
        Latest sensor values
      </Title>
      {devices === undefined && <Skeleton height="6rem" screenreaderText="Loading the devices" />}
      {devices?.length === 0 && (
        <p className="subtle">
          No devices yet. Messages are not kept until you <Link to="/devices">add a device</Link>.
        </p>
      )}
      <ul className="latest-values">
        {devices?.map((device) => (
          <li key={device.id}>
            <DeviceCard device={device} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DeviceCard({ device }: { device: Device }) {
  const { stale } = useLive();
  return (
    <Card isFullHeight isCompact>
      <CardHeader
        actions={{ hasNoOffset: true, actions: <PresenceState presence={device.presence} stale={stale} /> }}
      >
        <CardTitle component="h3">
          <Link to={`/devices/${device.id}`}>{device.device_name}</Link>
        </CardTitle>
      </CardHeader>
      <CardBody className="latest-values__body">
        {device.latest !== null && <ValueList values={device.latest.values} most={6} />}
        <DataFreshness device={device} />
      </CardBody>
    </Card>
  );
}
