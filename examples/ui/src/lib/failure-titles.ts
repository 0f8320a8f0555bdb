import type { Failure } from '@/lib/api/types';

/** The server names the kind, the page owns the title; a kind it does not know still gets one. */
const TITLES: Record<string, string> = {
  DEFINITION_UNREADABLE: 'Stored settings cannot be read',
  DNS_UNKNOWN_HOST: 'Host name not found',
  TCP_REFUSED: 'Nothing is listening on that port',
  TCP_TIMEOUT: 'No answer from that address',
  TCP_UNREACHABLE: 'No route to the host',
  TLS_UNKNOWN_CA: 'Certificate not trusted',
  TLS_EXPIRED: 'Certificate expired',
  TLS_NOT_YET_VALID: 'Certificate not valid yet',
  TLS_HOSTNAME_MISMATCH: 'Certificate is for another host',
  TLS_CLIENT_CERT_REQUIRED: 'Broker wants a client certificate',
  TLS_CLIENT_CERT_REJECTED: 'Client certificate rejected',
  TLS_NOT_TLS: 'That port does not speak TLS',
  TLS_PROTOCOL: 'No common TLS version',
  WEBSOCKET_REFUSED: 'No WebSocket at that path',
  MQTT_CLOSED_EARLY: 'Broker closed the connection without an answer',
  MQTT_CONNACK_TIMEOUT: 'Port is open, but no MQTT answer',
  MQTT_BAD_CREDENTIALS: 'User name or password wrong',
  MQTT_NOT_AUTHORIZED: 'Not authorized',
  MQTT_CLIENT_ID_REJECTED: 'Client ID rejected',
  MQTT_VERSION_UNSUPPORTED: 'Protocol version not supported',
  MQTT_SERVER_UNAVAILABLE: 'Broker is not available',
  MQTT_SERVER_BUSY: 'Broker is busy',
  MQTT_BANNED: 'Client is banned',
  MQTT_SESSION_TAKEN_OVER: 'Another client uses the same client ID',
  MQTT_KEEPALIVE_TIMEOUT: 'Connection went silent',
  MQTT_NO_RESPONSE: 'The broker does not answer',
  MQTT_RECEIVE_MAXIMUM_EXCEEDED: 'The broker sent too much at once',
  HANDLERS_BEHIND: 'This server does not keep up with the messages',
  MQTT_REDIRECT: 'Broker has moved',
  DNS_TIMEOUT: 'Name server does not answer',
  ADDRESS_REFUSED: 'Address not allowed here',
  PROXY_FAILED: 'The proxy did not let us through',
  TRANSPORT_MISSING: 'This server lacks a part for that transport',
  TLS_TIMEOUT: 'TLS handshake not answered',
  TLS_MATERIAL: 'Certificate or key cannot be used',
  MQTT_PROTOCOL: 'No valid MQTT answer',
  CONNECTION_LOST: 'Connection lost',
  BIRTH_REFUSED: 'Birth message refused',
  SUBSCRIBE_DENIED: 'Topics refused',
};

export function failureTitle(failure: Pick<Failure, 'kind'>): string {
  return TITLES[failure.kind] ?? 'Connection failed';
}
