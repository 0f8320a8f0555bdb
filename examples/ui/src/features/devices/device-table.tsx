import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { Link } from 'react-router';
import { ActionsMenu } from '@/components/actions-menu';
import { PresenceState } from '@/components/presence-state';
import type { Device } from '@/lib/api/types';
import { useLive } from '@/lib/live/live-context';
import { BrokerOfDevice } from './broker-of-device';
import { DataFreshness } from './data-freshness';
import { ValueList } from './value-list';

interface DeviceTableProps {
  devices: Device[];
  onEdit: (device: Device) => void;
  onDelete: (device: Device) => void;
}

export function DeviceTable({ devices, onEdit, onDelete }: DeviceTableProps) {
  const { stale } = useLive();
  return (
    <Table aria-label="Devices" gridBreakPoint="grid-lg">
      <Thead>
        <Tr>
          <Th>Presence</Th>
          <Th>Name</Th>
          <Th modifier="nowrap">Device ID</Th>
          <Th>Broker</Th>
          <Th>Type</Th>
          <Th>Last values</Th>
          <Th>Last seen</Th>
          <Th screenReaderText="Actions" />
        </Tr>
      </Thead>
      <Tbody>
        {devices.map((device) => (
          <Tr key={device.id}>
            <Td dataLabel="Presence"><PresenceState presence={device.presence} stale={stale} /></Td>
            <Td dataLabel="Name"><Link to={`/devices/${device.id}`}>{device.device_name}</Link></Td>
            <Td dataLabel="Device ID"><code>{device.device_id}</code></Td>
            <Td dataLabel="Broker"><BrokerOfDevice brokerId={device.mqtt_broker_id} brief /></Td>
            <Td dataLabel="Type">{device.device_type ?? '–'}</Td>
            <Td dataLabel="Last values">
              {device.latest === null ? '–' : <ValueList values={device.latest.values} most={3} small />}
            </Td>
            <Td dataLabel="Last seen"><DataFreshness device={device} /></Td>
            <Td isActionCell>
              <ActionsMenu
                label={`Actions for device ${device.device_name}`}
                actions={[
                  { name: 'Edit', disabled: stale, run: () => onEdit(device) },
                  { name: 'Delete', danger: true, disabled: stale, run: () => onDelete(device) },
                ]}
              />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
