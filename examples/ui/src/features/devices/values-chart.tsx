import { Card, CardBody, CardHeader, CardTitle, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useState } from 'react';
import { useDevices } from '@/lib/api/queries';
import { DeviceChart } from './device-chart';

/** One device's values over time, on the home page. */
export function ValuesChart() {
  const devices = useDevices().data ?? [];
  const [chosen, setChosen] = useState<number | null>(null);
  const device = devices.find(({ id }) => id === chosen) ?? devices.find(({ latest }) => latest !== null) ?? devices[0];
  if (device === undefined) return null;
  return (
    <Card component="section" aria-labelledby="values-chart">
      <CardHeader
        actions={{
          hasNoOffset: true,
          actions: (
            <FormSelect aria-label="Device" value={device.id} onChange={(_event, id) => setChosen(Number(id))}>
              {devices.map(({ id, device_name }) => (
                <FormSelectOption key={id} value={id} label={device_name} />
              ))}
            </FormSelect>
          ),
        }}
      >
        <CardTitle component="h2" id="values-chart">
          Sensor values over time
        </CardTitle>
      </CardHeader>
      <CardBody>
        <DeviceChart key={device.id} device={device} />
      </CardBody>
    </Card>
  );
}
