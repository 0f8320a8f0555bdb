import type { Broker, Device } from '@/lib/api/types';

/** A line for a shell that publishes as the device would; passwords are left for the reader to fill in. */
export function publishLine(device: Device, broker: Broker): string {
  const parts = [
    'mosquitto_pub',
    '-h', quoted(broker.broker_host),
    '-p', String(broker.broker_port),
    ...(broker.tls ? ['--tls-use-os-certs'] : []),
    ...(broker.username === null ? [] : ['-u', 'USER', '-P', 'PASSWORD']),
    '-q', '1',
    '-t', quoted(topicOf(device)),
    '-m', quoted('{"temperature": 21.5}'),
  ];
  return parts.join(' ');
}

/** A topic that the device's first filter matches. */
function topicOf(device: Device): string {
  return (device.telemetry_topics[0] ?? '')
    .replaceAll('{device_id}', device.device_id)
    .replace(/^\$share\/[^/]+\//, '')
    .split('/')
    .map((level) => (level === '+' ? 'x' : level === '#' ? 'data' : level))
    .join('/');
}

function quoted(text: string): string {
  return /^[\w.:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
