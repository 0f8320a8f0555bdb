import { request, send } from './client';
import type {
  Broker,
  BrokerEvent,
  BrokerInput,
  Bucket,
  CommandOutcome,
  ConnectionTest,
  Device,
  DeviceInput,
  Login,
  Reading,
  Statistics,
  Status,
  User,
} from './types';

const MQTT = '/api/mqtt-brokers';

export const authApi = {
  login: (username: string, password: string) => request<Login>('POST', '/api/auth/login', { username, password }),
  me: (signal?: AbortSignal) => request<User>('GET', '/api/auth/me', undefined, signal),
  changePassword: (current_password: string, new_password: string) =>
    request<void>('PUT', '/api/auth/password', { current_password, new_password }),
};

export const usersApi = {
  list: (signal?: AbortSignal) => request<User[]>('GET', '/api/users', undefined, signal),
  add: (user: { username: string; password: string; is_admin: boolean }) => request<User>('POST', '/api/users', user),
  remove: (id: number) => request<void>('DELETE', `/api/users/${id}`),
};

export const brokersApi = {
  list: (signal?: AbortSignal) => request<Broker[]>('GET', `${MQTT}/brokers`, undefined, signal),
  get: (id: number) => request<Broker>('GET', `${MQTT}/brokers/${id}`),
  add: (broker: BrokerInput) => request<Broker>('POST', `${MQTT}/brokers`, broker),
  change: (id: number, broker: BrokerInput) => request<Broker>('PUT', `${MQTT}/brokers/${id}`, broker),
  /** Tries the settings without saving them; with an id, the secrets that are stored under it may be used. */
  test: (settings: BrokerInput & { id?: number }, signal: AbortSignal) =>
    request<ConnectionTest>('POST', `${MQTT}/brokers/test`, settings, signal),
  events: (id: number, signal?: AbortSignal) =>
    request<BrokerEvent[]>('GET', `${MQTT}/brokers/${id}/events`, undefined, signal),
  remove: (id: number, withDevices: boolean) =>
    request<void>('DELETE', `${MQTT}/brokers/${id}${withDevices ? '?devices=delete' : ''}`),
  control: (id: number, action: 'connect' | 'disconnect') =>
    request<Status>('POST', `${MQTT}/brokers/${id}/control`, { action }),
  status: (signal?: AbortSignal) => request<Status[]>('GET', `${MQTT}/status`, undefined, signal),
  statistics: (signal?: AbortSignal) => request<Statistics>('GET', `${MQTT}/statistics`, undefined, signal),
};

export const devicesApi = {
  list: (signal?: AbortSignal) => request<Device[]>('GET', `${MQTT}/devices`, undefined, signal),
  add: (device: DeviceInput) => request<Device>('POST', `${MQTT}/devices`, device),
  change: (id: number, device: DeviceInput) => request<Device>('PUT', `${MQTT}/devices/${id}`, device),
  remove: (id: number) => request<void>('DELETE', `${MQTT}/devices/${id}`),
  readings: (id: number, from: Date, limit: number, signal?: AbortSignal) =>
    request<Reading[]>(
      'GET',
      `${MQTT}/devices/${id}/readings?from=${encodeURIComponent(from.toISOString())}&limit=${limit}`,
      undefined,
      signal,
    ),
  buckets: (id: number, from: Date, signal?: AbortSignal) =>
    request<Bucket[]>(
      'GET',
      `${MQTT}/devices/${id}/readings/buckets?from=${encodeURIComponent(from.toISOString())}`,
      undefined,
      signal,
    ),
  csv: async (id: number, from: Date) => {
    const path = `${MQTT}/devices/${id}/readings.csv?from=${encodeURIComponent(from.toISOString())}`;
    const response = await send(path, { headers: { Accept: 'text/csv, application/problem+json' } });
    try {
      return await response.blob();
    } catch {
      throw new Error('The file broke off before its end. A shorter time makes a smaller file.');
    }
  },
  command: (id: number, payload: unknown) =>
    request<CommandOutcome>('POST', `${MQTT}/devices/${id}/commands`, { payload }),
};

export const EVENTS_PATH = `${MQTT}/events`;
