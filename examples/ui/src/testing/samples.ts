import type { Broker, BrokerEvent, ConnectionTest, Device, Failure, Grants, Handling, Status, Traffic, User } from '@/lib/api/types';

export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1_000).toISOString();
}

export function aStatus(part: Partial<Status> = {}): Status {
  return {
    broker_id: 1, broker_name: 'factory-a', is_active: true, is_connected: true, state: 'CONNECTED',
    since: ago(8_040), attempt: 0, next_attempt_at: null, failure: null, subscriptions: [],
    last_message_at: ago(3), received: 12, delivered: 12, published: 1, session_present: false,
    responsive: true, round_trip_ms: 3.2, certificate: null,
    grants: aGrant(), endpoint: { host: 'factory-a.example', port: 1883 }, waiting_position: null,
    traffic: aTraffic(), handling: aHandling(), at: ago(0),
    ...part,
  };
}

export function aTraffic(inbound: Partial<Traffic['inbound']> = {}, outbound: Partial<Traffic['outbound']> = {}): Traffic {
  return {
    inbound: { received: 12, handled: 12, duplicates: 0, unrouted: 0, dropped: 0, released: 0, open: 0, ...inbound },
    outbound: { accepted: 1, published: 1, failed: 0, expired: 0, rejected: 0, queued: 0, in_flight: 0, ...outbound },
  };
}

export function aHandling(part: Partial<Handling> = {}): Handling {
  return { failing: 0, overdue: 0, troubled_since: null, oldest_open_since: null, paused: false, ...part };
}

export function aGrant(part: Partial<Grants> = {}): Grants {
  return {
    keep_alive: 20, session_expiry: 86_400, receive_maximum: 100, maximum_packet_size: 262_144, assigned_client_id: null, session_present: false,
    maximum_qos: 2, retain_available: true, wildcard_available: true, shared_available: true,
    ...part,
  };
}

export function anEvent(part: Partial<BrokerEvent> = {}): BrokerEvent {
  return {
    sequence: 1, first_at: ago(60), at: ago(60), repeated: 1, type: 'CONNECTED', initiator: 'MANAGER', actor: null,
    endpoint: { host: 'factory-a.example', port: 1883 }, failure: null,
    ...part,
  };
}

/** Of a broker with TLS that let us in. */
export function aTest(part: Partial<ConnectionTest> = {}): ConnectionTest {
  return {
    succeeded: true,
    steps: [
      { stage: 'DNS', outcome: 'PASSED', took_ms: 1.2, detail: '192.0.2.7' },
      { stage: 'TCP', outcome: 'PASSED', took_ms: 12, detail: null },
      { stage: 'TLS', outcome: 'PASSED', took_ms: 41, detail: null },
      { stage: 'MQTT', outcome: 'PASSED', took_ms: 9, detail: null },
      { stage: 'SUBSCRIBE', outcome: 'PASSED', took_ms: 8, detail: null },
    ],
    endpoint: { host: 'factory-a.example', port: 8883 },
    certificate: { subject: 'CN=factory-a.example', issuer: 'CN=Factory CA', expires_at: ago(-86_400 * 83 - 60), sha256: 'ab'.repeat(32) },
    failure: null, subscriptions: [], grants: aGrant(), took_ms: 71.2,
    ...part,
  };
}

export function aFailure(part: Partial<Failure> = {}): Failure {
  return {
    kind: 'TCP_REFUSED', stage: 'TCP', reason_code: null, message: 'factory-a.example refused port 1883.',
    remedy: 'Is the broker running?', retryable: true, at: ago(5),
    ...part,
  };
}

export function aBroker(part: Partial<Broker> = {}): Broker {
  const status = part.status ?? aStatus({ broker_id: part.id ?? 1, broker_name: part.broker_name ?? 'factory-a' });
  return {
    id: status.broker_id, broker_name: status.broker_name, broker_host: 'factory-a.example', broker_port: 1883,
    username: null, has_password: false, is_active: status.is_active, is_connected: status.is_connected, status,
    protocol_version: '5', client_id: 'mm-1', tls: false, ca_certificate: null, verify_hostname: true, keep_alive: 20,
    clean_start: false, will: null, birth: null, device_count: 0, version: 3, created_at: ago(9_000), updated_at: ago(9_000),
    ...part,
  };
}

export function aDevice(part: Partial<Device> = {}): Device {
  return {
    id: 7, device_name: 'Press', device_id: 'press-1', mqtt_broker_id: 1, device_type: 'press',
    telemetry_topics: ['devices/{device_id}/telemetry'], command_topic: 'devices/{device_id}/commands',
    availability_topic: null, expected_interval: 60, last_seen: ago(4), presence: 'ONLINE',
    latest: { at: ago(4), values: { temperature: 21.5 } }, unreadable: null, version: 1,
    created_at: ago(9_000), updated_at: ago(9_000),
    ...part,
  };
}

export const admin: User = { id: 1, username: 'admin', is_admin: true, created_at: ago(99_000) };
export const anna: User = { id: 2, username: 'anna', is_admin: false, created_at: ago(50_000) };
