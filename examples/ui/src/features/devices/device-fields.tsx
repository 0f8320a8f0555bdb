import { FormSelect, FormSelectOption, TextArea } from '@patternfly/react-core';
import { describedBy, FormField } from '@/components/form-field';
import { TextField } from '@/components/text-field';
import type { Broker } from '@/lib/api/types';
import type { DeviceDraft } from './device-draft';

interface DeviceFieldsProps {
  draft: DeviceDraft;
  errors: Record<string, string>;
  brokers: Broker[];
  set: (part: Partial<DeviceDraft>) => void;
}

export function DeviceFields({ draft, errors, brokers, set }: DeviceFieldsProps) {
  return (
    <>
      <TextField id="device_name" label="Name" value={draft.device_name} maxLength={100} required
        onChange={(device_name) => set({ device_name })} error={errors['device_name']} />
      <TextField id="device_id" label="Device ID" value={draft.device_id} maxLength={64} required
        onChange={(device_id) => set({ device_id })} error={errors['device_id']}
        help="The device's name in topics, unique at its broker." />
      <FormField id="mqtt_broker_id" label="Broker" error={errors['mqtt_broker_id']} required
        help={brokers.length === 0 ? 'There is no broker yet: add one on the Statistics page first.' : undefined}>
        <FormSelect {...describedBy('mqtt_broker_id', errors['mqtt_broker_id'])} value={draft.mqtt_broker_id}
          onChange={(_event, mqtt_broker_id) => set({ mqtt_broker_id })}>
          {draft.mqtt_broker_id === '' && <FormSelectOption value="" label="Choose a broker" isPlaceholder />}
          {brokers.map(({ id, broker_name }) => (
            <FormSelectOption key={id} value={String(id)} label={broker_name} />
          ))}
        </FormSelect>
      </FormField>
      <TextField id="device_type" label="Type" value={draft.device_type} maxLength={50}
        onChange={(device_type) => set({ device_type })} error={errors['device_type']}
        help="What kind of device it is, in your words." />
      <FormField id="telemetry_topics" label="Telemetry topics" error={errors['telemetry_topics']} required
        help="One a line. {device_id} stands for the device ID; + and # match as everywhere in MQTT.">
        <TextArea {...describedBy('telemetry_topics', errors['telemetry_topics'])} value={draft.telemetry_topics}
          rows={2} autoResize spellCheck={false} resizeOrientation="vertical"
          onChange={(_event, telemetry_topics) => set({ telemetry_topics })} />
      </FormField>
      <TextField id="command_topic" label="Command topic" value={draft.command_topic}
        onChange={(command_topic) => set({ command_topic })} error={errors['command_topic']}
        help="Where commands to the device are published." />
      <TextField id="availability_topic" label="Availability topic" value={draft.availability_topic}
        onChange={(availability_topic) => set({ availability_topic })} error={errors['availability_topic']}
        help="Where the device or its will says “online” or “offline”. Empty: it is judged by how often it sends." />
      <TextField id="expected_interval" label="Expected interval (seconds)" type="number" min={1} max={604800}
        value={draft.expected_interval} onChange={(expected_interval) => set({ expected_interval })}
        error={errors['expected_interval']} help="How often the device sends. It counts as quiet when it misses its turns." />
    </>
  );
}
