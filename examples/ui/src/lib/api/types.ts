/** The shapes of docs/api.md, in the words of the API. */

export type ConnectionState =
  | 'DISCONNECTED'
  | 'CONNECTING'
  | 'CONNECTED'
  | 'RECONNECTING'
  | 'DISCONNECTING'
  | 'FAILED';

export type Stage = 'DNS' | 'TCP' | 'TLS' | 'MQTT' | 'SUBSCRIBE';

export interface Failure {
  kind: string;
  stage: Stage;
  reason_code: number | null;
  message: string;
  remedy: string | null;
  retryable: boolean;
  at: string;
}

export interface Subscription {
  filter: string;
  qos: number;
  granted: number | null;
  reason: string | null;
}

export interface Certificate {
  subject: string;
  issuer: string;
  expires_at: string;
  sha256: string;
}

export interface Address {
  host: string;
  port: number;
}

/** What the broker granted when it accepted the connection. */
export interface Grants {
  keep_alive: number;
  /** Seconds; null where nobody knows. */
  session_expiry: number | null;
  receive_maximum: number;
  maximum_packet_size: number;
  /** Where the broker chose another one than was asked for. */
  assigned_client_id: string | null;
  session_present: boolean;
  maximum_qos: number;
  retain_available: boolean;
  wildcard_available: boolean;
  shared_available: boolean;
}

export interface Status {
  broker_id: number;
  broker_name: string;
  is_active: boolean;
  is_connected: boolean;
  state: ConnectionState;
  since: string | null;
  attempt: number;
  next_attempt_at: string | null;
  failure: Failure | null;
  subscriptions: Subscription[];
  last_message_at: string | null;
  received: number;
  delivered: number;
  published: number;
  session_present: boolean | null;
  /** False while a connected broker answers nothing. */
  responsive: boolean;
  round_trip_ms: number | null;
  certificate: Certificate | null;
  grants: Grants | null;
  /** In use, or tried last. */
  endpoint: Address | null;
  /** In the queue for a start, from 1. */
  waiting_position: number | null;
  traffic: Traffic;
  handling: Handling;
  at: string;
}

/** Where every message has gone. */
export interface Traffic {
  inbound: {
    received: number;
    handled: number;
    duplicates: number;
    unrouted: number;
    dropped: number;
    released: number;
    open: number;
  };
  outbound: {
    accepted: number;
    published: number;
    failed: number;
    expired: number;
    rejected: number;
    queued: number;
    in_flight: number;
  };
}

/** How the server gets on with what a broker sent. */
export interface Handling {
  failing: number;
  overdue: number;
  troubled_since: string | null;
  oldest_open_since: string | null;
  /** Nothing more is taken from the broker for now. */
  paused: boolean;
}

export type EventType =
  | 'CONNECT_REQUESTED'
  | 'DISCONNECT_REQUESTED'
  | 'DEFINITION_CHANGED'
  | 'CONNECTED'
  | 'ATTEMPT_FAILED'
  | 'CONNECTION_LOST'
  | 'DISCONNECTED'
  | 'UNRESPONSIVE'
  | 'RESPONSIVE'
  | 'SUBSCRIPTION_REFUSED'
  | 'QUARANTINED'
  | 'SESSION_LOST'
  | 'HANDLERS_TROUBLED'
  | 'HANDLERS_RECOVERED';

export type Initiator = 'USER' | 'DEFINITION' | 'BROKER' | 'NETWORK' | 'MANAGER';

/** One thing that happened to a broker's connection; attempts that fail alike are one event, counted. */
export interface BrokerEvent {
  sequence: number;
  first_at: string;
  at: string;
  repeated: number;
  type: EventType;
  initiator: Initiator;
  actor: string | null;
  endpoint: Address | null;
  failure: Failure | null;
}

export interface TestStep {
  stage: Stage;
  outcome: 'PASSED' | 'FAILED' | 'SKIPPED';
  took_ms: number | null;
  detail: string | null;
}

/** What a connection test found. */
export interface ConnectionTest {
  succeeded: boolean;
  steps: TestStep[];
  endpoint: Address | null;
  certificate: Certificate | null;
  failure: Failure | null;
  subscriptions: Subscription[];
  grants: Grants | null;
  took_ms: number;
}

export type ProtocolVersion = '5' | '3.1.1';

/** Published at every connection. */
export interface Birth {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
}

/** Published by the broker when the connection is lost, after a delay in seconds. */
export interface Will extends Birth {
  delay: number;
}

export interface BrokerInput {
  broker_name: string;
  broker_host: string;
  broker_port: number;
  username: string | null;
  /** Absent keeps the stored password, null removes it. */
  password?: string | null;
  is_active: boolean;
  protocol_version: ProtocolVersion;
  /** Absent lets the server make one. */
  client_id?: string;
  tls: boolean;
  ca_certificate: string | null;
  verify_hostname: boolean;
  keep_alive: number;
  clean_start: boolean;
  will: Will | null;
  birth: Birth | null;
  version?: number;
}

export interface Broker {
  id: number;
  broker_name: string;
  broker_host: string;
  broker_port: number;
  username: string | null;
  has_password: boolean;
  is_active: boolean;
  is_connected: boolean;
  status: Status;
  protocol_version: ProtocolVersion;
  client_id: string;
  tls: boolean;
  ca_certificate: string | null;
  verify_hostname: boolean;
  keep_alive: number;
  clean_start: boolean;
  will: Will | null;
  birth: Birth | null;
  device_count: number;
  version: number;
  created_at: string;
  updated_at: string;
}

export type Presence = 'ONLINE' | 'QUIET' | 'OFFLINE' | 'UNKNOWN';

export type Values = Record<string, number>;

export interface Reading {
  at: string;
  values: Values;
}

export interface Unreadable {
  count: number;
  last_at: string;
  last_topic: string;
  last_reason: string;
  last_sample: string;
}

export interface DeviceInput {
  device_name: string;
  device_id: string;
  mqtt_broker_id: number;
  device_type: string | null;
  telemetry_topics: string[];
  command_topic: string;
  availability_topic: string | null;
  expected_interval: number;
}

export interface Device {
  id: number;
  device_name: string;
  device_id: string;
  mqtt_broker_id: number;
  device_type: string | null;
  telemetry_topics: string[];
  command_topic: string;
  availability_topic: string | null;
  expected_interval: number;
  last_seen: string | null;
  presence: Presence;
  latest: Reading | null;
  unreadable: Unreadable | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface PresenceEvent {
  device_id: number;
  presence: Presence;
  at: string;
}

/** Of the numbers with one name in a span of time. */
export interface Aggregate {
  min: number;
  avg: number;
  max: number;
  count: number;
}

export interface Bucket {
  at: string;
  seconds: number;
  values: Record<string, Aggregate>;
}

export interface ReadingEvent extends Reading {
  device_id: number;
  last_seen: string;
}

/** What one user may have. */
export interface Limits {
  brokers: number;
  devices: number;
  streams: number;
  readings: number;
  readings_days: number;
  messages_per_second: number;
}

export interface Statistics {
  brokers_total: number;
  brokers_connected: number;
  devices_total: number;
  devices_online: number;
  readings_total: number;
  readings_last_hour: number;
  unreadable_total: number;
  unrouted_total: number;
  refused_total: number;
  last_refused_at: string | null;
  limits: Limits;
  at: string;
}

export interface CommandOutcome {
  outcome: 'ACKNOWLEDGED' | 'FAILED';
  topic: string;
  reason_code: number | null;
  failure: { kind: string; message: string } | null;
  at: string;
}

export interface User {
  id: number;
  username: string;
  is_admin: boolean;
  created_at: string;
}

export interface Login {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
}
