import { Breadcrumb, BreadcrumbItem, Button, PageSection, Skeleton } from '@patternfly/react-core';
import { useState } from 'react';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import { PageHeading } from '@/components/page-heading';
import { PresenceState } from '@/components/presence-state';
import { useDevices } from '@/lib/api/queries';
import { useLive } from '@/lib/live/live-context';
import { DataFreshness } from './data-freshness';
import { DeleteDeviceDialog } from './delete-device-dialog';
import { DeviceDetails } from './device-details';
import { DeviceDialog } from './device-dialog';
import { NoSuchDevice } from './no-such-device';

export function DevicePage() {
  const id = Number(useParams()['id']);
  const { data: devices, error } = useDevices();
  const { stale } = useLive();
  const navigate = useNavigate();
  const created = (useLocation().state as { created?: boolean } | null)?.created === true;
  const [task, setTask] = useState<'edit' | 'delete' | null>(null);
  const device = devices?.find((one) => one.id === id);
  if (device === undefined && devices === undefined && error === null) {
    return (
      <PageSection>
        <Skeleton height="12rem" screenreaderText="Loading the device" />
      </PageSection>
    );
  }
  if (device === undefined) return <NoSuchDevice error={devices === undefined ? error : null} />;
  const done = () => setTask(null);
  return (
    <>
      <PageSection>
        <Breadcrumb>
          <BreadcrumbItem render={({ className }) => <Link to="/devices" className={className}>Devices</Link>} />
          <BreadcrumbItem isActive>{device.device_name}</BreadcrumbItem>
        </Breadcrumb>
      </PageSection>
      <PageHeading
        title={device.device_name}
        lead={
          <span className="device-lead">
            <PresenceState presence={device.presence} stale={stale} /> <DataFreshness device={device} />
          </span>
        }
      >
        <Button variant="secondary" isDisabled={stale} onClick={() => setTask('edit')}>Edit</Button>
        <Button variant="secondary" isDanger isDisabled={stale} onClick={() => setTask('delete')}>Delete</Button>
      </PageHeading>
      <DeviceDetails key={device.id} device={device} created={created} />
      {task === 'edit' && <DeviceDialog device={device} onSaved={done} onClose={done} />}
      {task === 'delete' && (
        <DeleteDeviceDialog device={device} onClose={done} onDeleted={() => void navigate('/devices')} />
      )}
    </>
  );
}
