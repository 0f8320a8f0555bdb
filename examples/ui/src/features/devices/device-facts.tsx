import { Fact, Facts } from '@/components/facts';
import type { Device } from '@/lib/api/types';
import { duration } from '@/lib/time';
import { BrokerOfDevice } from './broker-of-device';

export function DeviceFacts({ device }: { device: Device }) {
  return (
    <Facts>
      <Fact name="Device ID"><code>{device.device_id}</code></Fact>
      <Fact name="Broker"><BrokerOfDevice brokerId={device.mqtt_broker_id} /></Fact>
      <Fact name="Type">{device.device_type ?? '–'}</Fact>
      <Fact name="Telemetry topics">
        {device.telemetry_topics.map((topic) => (
          <div key={topic}><code>{topic}</code></div>
        ))}
      </Fact>
      <Fact name="Command topic"><code>{device.command_topic}</code></Fact>
      <Fact name="Availability topic">
        {device.availability_topic === null ? '–' : <code>{device.availability_topic}</code>}
      </Fact>
      <Fact name="Expected every">{duration(device.expected_interval * 1_000)}</Fact>
    </Facts>
  );
}
