import type { Device, DeviceInput } from '@/lib/api/types';

export interface DeviceDraft {
  device_name: string;
  device_id: string;
  mqtt_broker_id: string;
  device_type: string;
  telemetry_topics: string;
  command_topic: string;
  availability_topic: string;
  expected_interval: string;
}

export function emptyDraft(brokerId: number | undefined): DeviceDraft {
  return {
    device_name: '', device_id: '', mqtt_broker_id: brokerId === undefined ? '' : String(brokerId), device_type: '',
    telemetry_topics: 'devices/{device_id}/telemetry', command_topic: 'devices/{device_id}/commands',
    availability_topic: '', expected_interval: '60',
  };
}

export function draftOf(device: Device): DeviceDraft {
  return {
    device_name: device.device_name, device_id: device.device_id, mqtt_broker_id: String(device.mqtt_broker_id),
    device_type: device.device_type ?? '', telemetry_topics: device.telemetry_topics.join('\n'),
    command_topic: device.command_topic, availability_topic: device.availability_topic ?? '',
    expected_interval: String(device.expected_interval),
  };
}

export function inputOf(draft: DeviceDraft): DeviceInput {
  return {
    device_name: draft.device_name.trim(),
    device_id: draft.device_id.trim(),
    mqtt_broker_id: Number(draft.mqtt_broker_id),
    device_type: draft.device_type.trim() === '' ? null : draft.device_type.trim(),
    telemetry_topics: topicsOf(draft),
    command_topic: draft.command_topic.trim(),
    availability_topic: draft.availability_topic.trim() === '' ? null : draft.availability_topic.trim(),
    expected_interval: Number(draft.expected_interval),
  };
}

/** What can be seen to be wrong without asking the server. */
export function faultsOf(draft: DeviceDraft): Record<string, string> {
  const faults: Record<string, string> = {};
  if (draft.device_name.trim() === '') faults['device_name'] = 'A name is needed.';
  if (!/^[A-Za-z0-9._~:-]{1,64}$/.test(draft.device_id.trim())) {
    faults['device_id'] = '1 to 64 characters of A-Z a-z 0-9 . _ ~ : -';
  }
  if (draft.mqtt_broker_id === '') faults['mqtt_broker_id'] = 'Choose the broker that the device publishes to.';
  if (topicsOf(draft).length === 0) faults['telemetry_topics'] = 'At least one topic is needed.';
  if (!/^\d+$/.test(draft.expected_interval) || Number(draft.expected_interval) < 1) {
    faults['expected_interval'] = 'A whole number of seconds, at least 1.';
  }
  return faults;
}

function topicsOf(draft: DeviceDraft): string[] {
  return draft.telemetry_topics.split('\n').map((topic) => topic.trim()).filter((topic) => topic !== '');
}
