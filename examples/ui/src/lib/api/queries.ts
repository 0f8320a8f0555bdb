import { useQuery } from '@tanstack/react-query';
import { serverClock } from '@/lib/server-clock';
import { isOlder } from '@/lib/status-order';
import { authApi, brokersApi, devicesApi, usersApi } from './calls';
import type { Status } from './types';

export const MAX_READINGS = 2_000;

export const keys = {
  me: ['me'] as const,
  users: ['users'] as const,
  brokers: ['brokers'] as const,
  status: ['status'] as const,
  brokerEvents: (brokerId: number) => ['broker-events', brokerId] as const,
  statistics: ['statistics'] as const,
  devices: ['devices'] as const,
  allReadings: ['readings'] as const,
  readings: (deviceId: number) => ['readings', deviceId] as const,
  allBuckets: ['buckets'] as const,
  buckets: (deviceId: number) => ['buckets', deviceId] as const,
  bucketsOf: (deviceId: number, minutes: number) => ['buckets', deviceId, minutes] as const,
  readingsOf: (deviceId: number, minutes: number) => ['readings', deviceId, minutes] as const,
};

export const useMe = () => useQuery({ queryKey: keys.me, queryFn: ({ signal }) => authApi.me(signal), staleTime: 300_000 });

export const useUsers = (enabled: boolean) =>
  useQuery({ queryKey: keys.users, queryFn: ({ signal }) => usersApi.list(signal), enabled });

export const useBrokers = () =>
  useQuery({ queryKey: keys.brokers, queryFn: ({ signal }) => brokersApi.list(signal) });

/** Kept fresh by the event stream, or by its fallback that asks every five seconds. An event may overtake an answer. */
export const useStatuses = () =>
  useQuery({
    queryKey: keys.status,
    queryFn: async ({ signal, client }) => {
      const answer = await brokersApi.status(signal);
      const known = client.getQueryData<Status[]>(keys.status);
      return answer.map((status) => {
        const told = known?.find(({ broker_id }) => broker_id === status.broker_id);
        return told !== undefined && isOlder(status, told) ? told : status;
      });
    },
  });

/** Asked again when the broker's state changes; now and then all the same, for what changes no state. */
export const useBrokerEvents = (brokerId: number) =>
  useQuery({
    queryKey: keys.brokerEvents(brokerId),
    queryFn: ({ signal }) => brokersApi.events(brokerId, signal),
    refetchInterval: 15_000,
  });

export const useStatistics = () =>
  useQuery({
    queryKey: keys.statistics,
    queryFn: ({ signal }) => brokersApi.statistics(signal),
    refetchInterval: 10_000,
  });

/** Readings arrive by the stream; that a device fell silent does not, so the list is asked for now and then. */
export const useDevices = () =>
  useQuery({ queryKey: keys.devices, queryFn: ({ signal }) => devicesApi.list(signal), refetchInterval: 30_000 });

export const useReadings = (deviceId: number, minutes: number, enabled = true) =>
  useQuery({
    enabled,
    queryKey: keys.readingsOf(deviceId, minutes),
    queryFn: ({ signal }) =>
      devicesApi.readings(deviceId, new Date(serverClock.now() - minutes * 60_000), MAX_READINGS, signal),
    refetchOnMount: 'always',
  });

/** Summed up by the server, for times with more readings than a chart has points. */
export const useBuckets = (deviceId: number, minutes: number, enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: keys.bucketsOf(deviceId, minutes),
    queryFn: ({ signal }) => devicesApi.buckets(deviceId, new Date(serverClock.now() - minutes * 60_000), signal),
    refetchOnMount: 'always',
    refetchInterval: 60_000,
  });
