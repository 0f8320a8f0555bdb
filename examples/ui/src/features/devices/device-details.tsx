import { Card, CardBody, CardTitle, PageSection } from '@patternfly/react-core';
import type { Device } from '@/lib/api/types';
import { CommandForm } from './command-form';
import { DeviceChart } from './device-chart';
import { DeviceFacts } from './device-facts';
import { FirstMessage } from './first-message';
import { RecentReadings } from './recent-readings';
import { UnreadablePanel } from './unreadable-panel';
import { ValueList } from './value-list';
import './device-details.css';

export function DeviceDetails({ device, created }: { device: Device; created: boolean }) {
  return (
    <PageSection>
      <div className="device-details">
        <FirstMessage device={device} created={created} />
        {device.unreadable !== null && device.unreadable.count > 0 && <UnreadablePanel unreadable={device.unreadable} />}
        <Part title="Latest values">
          {device.latest === null ? <p className="subtle">No data yet.</p> : <ValueList values={device.latest.values} />}
        </Part>
        <Part title="Values over time">
          <DeviceChart device={device} />
        </Part>
        <div className="device-details__pair">
          <Part title="Settings">
            <DeviceFacts device={device} />
          </Part>
          <Part title="Send a command">
            <CommandForm device={device} />
          </Part>
        </div>
        <Part title="Readings">
          <RecentReadings device={device} />
        </Part>
      </div>
    </PageSection>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>{children}</CardBody>
    </Card>
  );
}
