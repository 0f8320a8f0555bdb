import type { Birth, Broker, BrokerInput, ProtocolVersion, Will } from '@/lib/api/types';
import { splitAddress, usualPort } from './broker-address';

export type PasswordWish = 'keep' | 'replace' | 'remove';

/** A message about the connection; without a topic there is none. */
export interface MessageDraft {
  topic: string;
  payload: string;
  qos: string;
  retain: boolean;
  delay: string;
}

const NO_MESSAGE: MessageDraft = { topic: '', payload: '', qos: '1', retain: false, delay: '0' };

/** The form while it is being filled in: text as typed, and what shall happen to the password. */
export interface BrokerDraft {
  broker_name: string;
  broker_host: string;
  broker_port: string;
  portEdited: boolean;
  username: string;
  passwordWish: PasswordWish;
  password: string;
  is_active: boolean;
  protocol_version: ProtocolVersion;
  client_id: string;
  tls: boolean;
  ca_certificate: string;
  verify_hostname: boolean;
  keep_alive: string;
  clean_start: boolean;
  will: MessageDraft;
  birth: MessageDraft;
}

export function emptyDraft(): BrokerDraft {
  return {
    broker_name: '', broker_host: '', broker_port: '1883', portEdited: false,
    username: '', passwordWish: 'replace', password: '',
    is_active: true, protocol_version: '5', client_id: '',
    tls: false, ca_certificate: '', verify_hostname: true, keep_alive: '20', clean_start: false,
    will: NO_MESSAGE, birth: NO_MESSAGE,
  };
}

export function draftOf(broker: Broker): BrokerDraft {
  return {
    broker_name: broker.broker_name, broker_host: broker.broker_host, broker_port: String(broker.broker_port),
    portEdited: broker.broker_port !== usualPort(broker.tls),
    username: broker.username ?? '', passwordWish: broker.has_password ? 'keep' : 'replace', password: '',
    is_active: broker.is_active, protocol_version: broker.protocol_version, client_id: broker.client_id,
    tls: broker.tls, ca_certificate: broker.ca_certificate ?? '', verify_hostname: broker.verify_hostname,
    keep_alive: String(broker.keep_alive), clean_start: broker.clean_start,
    will: messageDraftOf(broker.will), birth: messageDraftOf(broker.birth),
  };
}

function messageDraftOf(message: Birth | Will | null): MessageDraft {
  if (message === null) return NO_MESSAGE;
  const { topic, payload, qos, retain } = message;
  return { topic, payload, qos: String(qos), retain, delay: 'delay' in message ? String(message.delay) : '0' };
}

function birthOf(draft: MessageDraft): Birth | null {
  if (draft.topic.trim() === '') return null;
  return { topic: draft.topic.trim(), payload: draft.payload, qos: Number(draft.qos), retain: draft.retain };
}

function willOf(draft: MessageDraft): Will | null {
  const message = birthOf(draft);
  return message && { ...message, delay: Number(draft.delay) };
}

export function withTls(draft: BrokerDraft, tls: boolean): BrokerDraft {
  return { ...draft, tls, broker_port: draft.portEdited ? draft.broker_port : String(usualPort(tls)) };
}

export function withHost(draft: BrokerDraft, text: string): BrokerDraft {
  const { host, port, tls, username } = splitAddress(text);
  const base = tls === undefined ? draft : withTls(draft, tls);
  return {
    ...base,
    broker_host: host,
    ...(port === undefined ? {} : { broker_port: String(port), portEdited: true }),
    ...(username === undefined ? {} : { username }),
  };
}

/** A password goes only where it was meant to go: a new address or a weaker TLS asks for it again. */
export function passwordNeededAgain(draft: BrokerDraft, broker: Broker | null): boolean {
  if (broker === null || !broker.has_password || draft.passwordWish !== 'keep') return false;
  const now = draftOf(broker);
  return (['broker_host', 'broker_port', 'tls', 'ca_certificate', 'verify_hostname'] as const).some(
    (field) => draft[field] !== now[field],
  );
}

export function inputOf(draft: BrokerDraft, broker: Broker | null): BrokerInput {
  return {
    broker_name: draft.broker_name.trim(),
    broker_host: draft.broker_host.trim(),
    broker_port: Number(draft.broker_port),
    username: draft.username === '' ? null : draft.username,
    ...passwordOf(draft),
    is_active: draft.is_active,
    protocol_version: draft.protocol_version,
    ...(draft.client_id.trim() === '' ? {} : { client_id: draft.client_id.trim() }),
    tls: draft.tls,
    ca_certificate: draft.tls && draft.ca_certificate.trim() !== '' ? draft.ca_certificate : null,
    verify_hostname: draft.verify_hostname,
    keep_alive: Number(draft.keep_alive),
    clean_start: draft.clean_start,
    will: willOf(draft.will),
    birth: birthOf(draft.birth),
    ...(broker === null ? {} : { version: broker.version }),
  };
}

function passwordOf(draft: BrokerDraft): { password?: string | null } {
  if (draft.passwordWish === 'remove') return { password: null };
  return draft.passwordWish === 'keep' || draft.password === '' ? {} : { password: draft.password };
}

/** What can be seen to be wrong without asking the server. */
export function faultsOf(draft: BrokerDraft, broker: Broker | null): Record<string, string> {
  const faults: Record<string, string> = {};
  if (draft.broker_name.trim() === '') faults['broker_name'] = 'A name is needed.';
  if (draft.broker_host.trim() === '') faults['broker_host'] = 'A host name or address is needed.';
  if (!within(draft.broker_port, 1, 65_535)) faults['broker_port'] = 'A whole number from 1 to 65535.';
  if (!within(draft.keep_alive, 5, 3_600)) faults['keep_alive'] = 'A whole number of seconds from 5 to 3600.';
  if (draft.will.topic !== '' && !within(draft.will.delay, 0, 31_536_000)) {
    faults['will.delay'] = 'A whole number of seconds up to a year.';
  }
  if (passwordNeededAgain(draft, broker)) {
    faults['password'] = 'The address or its TLS settings changed: enter the password again, or remove it.';
  }
  if (broker?.has_password && draft.passwordWish === 'replace' && draft.password === '') {
    faults['password'] = 'Enter the new password, or choose to keep or remove the saved one.';
  }
  return faults;
}

function within(text: string, min: number, max: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}
