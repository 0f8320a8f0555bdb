import { Button, EmptyState, EmptyStateBody, PageSection, Skeleton } from '@patternfly/react-core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { DataAge } from '@/components/data-age';
import { PageHeading } from '@/components/page-heading';
import { ProblemAlert } from '@/components/problem-alert';
import { useBrokers, useDevices } from '@/lib/api/queries';
import { useLive } from '@/lib/live/live-context';
import type { Device } from '@/lib/api/types';
import { DeleteDeviceDialog } from './delete-device-dialog';
import { DeviceDialog } from './device-dialog';
import { DeviceTable } from './device-table';

type Task = { kind: 'add' } | { kind: 'edit' | 'delete'; device: Device } | null;

export function DevicesPage() {
  const { data: devices, error } = useDevices();
  const brokers = useBrokers().data;
  const { stale } = useLive();
  const navigate = useNavigate();
  const [task, setTask] = useState<Task>(null);
  const done = () => setTask(null);
  const created = (device: Device) => void navigate(`/devices/${device.id}`, { state: { created: true } });
  return (
    <>
      <PageHeading title="Devices" lead={<DataAge />}>
        <Button onClick={() => setTask({ kind: 'add' })} isDisabled={stale || brokers === undefined}>
          Add device
        </Button>
      </PageHeading>
      <PageSection>
        {error !== null && devices === undefined && <ProblemAlert title="The devices could not be loaded" error={error} />}
        {error === null && devices === undefined && <Skeleton height="10rem" screenreaderText="Loading the devices" />}
        {devices?.length === 0 && (
          <EmptyState titleText="No devices yet." headingLevel="h2" variant="sm">
            <EmptyStateBody>
              Messages are received, but not kept until a device says whose they are.
              {brokers?.length === 0 && ' A device needs a broker: add one on the Statistics page first.'}
            </EmptyStateBody>
          </EmptyState>
        )}
        {devices !== undefined && devices.length > 0 && (
          <DeviceTable
            devices={devices}
            onEdit={(device) => setTask({ kind: 'edit', device })}
            onDelete={(device) => setTask({ kind: 'delete', device })}
          />
        )}
      </PageSection>
      {task?.kind === 'add' && <DeviceDialog device={null} onSaved={created} onClose={done} />}
      {task?.kind === 'edit' && <DeviceDialog device={task.device} onSaved={done} onClose={done} />}
      {task?.kind === 'delete' && <DeleteDeviceDialog device={task.device} onClose={done} />}
    </>
  );
}
