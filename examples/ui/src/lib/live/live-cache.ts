import type { QueryClient } from '@tanstack/react-query';
import { keys, MAX_READINGS } from '@/lib/api/queries';
import type { Broker, Device, PresenceEvent, Reading, ReadingEvent, Status } from '@/lib/api/types';
import { isOlder } from '@/lib/status-order';
import { epochMillis } from '@/lib/time';

/** Puts what the event stream says into the query cache, where the pages read it. */
export const liveCache = {
  snapshot(client: QueryClient, statuses: Status[], devices: Device[]) {
    client.setQueryData<Status[]>(keys.status, statuses);
    client.setQueryData<Device[]>(keys.devices, devices);
  },

  status(client: QueryClient, status: Status) {
    const before = client.getQueryData<Status[]>(keys.status)?.find((known) => known.broker_id === status.broker_id);
    // The answer to a command may come after the event of what followed it.
    if (before && isOlder(status, before)) return;
    client.setQueryData<Status[]>(keys.status, (known) => upserted(known ?? [], status));
    if (!client.getQueryData<Broker[]>(keys.brokers)?.some((broker) => broker.id === status.broker_id)) {
      void client.invalidateQueries({ queryKey: keys.brokers });
    }
    if (before === undefined || happened(before, status)) {
      void client.invalidateQueries({ queryKey: keys.brokerEvents(status.broker_id) });
    }
    // A device's presence is unknown while its broker is not reachable.
    if (before?.is_connected !== status.is_connected) void client.invalidateQueries({ queryKey: keys.devices });
  },

  presence(client: QueryClient, { device_id, presence }: PresenceEvent) {
    client.setQueryData<Device[]>(keys.devices, (known) =>
      known?.map((device) => (device.id === device_id ? { ...device, presence } : device)),
    );
  },

  brokerRemoved(client: QueryClient, brokerId: number) {
    client.setQueryData<Status[]>(keys.status, (known) => known?.filter((status) => status.broker_id !== brokerId));
    client.setQueryData<Broker[]>(keys.brokers, (known) => known?.filter((broker) => broker.id !== brokerId));
  },

  readings(client: QueryClient, events: ReadingEvent[]) {
    const byDevice = grouped(events);
    client.setQueryData<Device[]>(keys.devices, (known) =>
      known?.map((device) => withReadings(device, byDevice.get(device.id) ?? [])),
    );
    for (const [deviceId, readings] of byDevice) {
      client.setQueriesData<Reading[]>({ queryKey: keys.readings(deviceId) }, (known) => prepended(known, readings));
    }
  },

  deviceSaved(client: QueryClient, device: Device) {
    client.setQueryData<Device[]>(keys.devices, (known) =>
      known && [...known.filter((other) => other.id !== device.id), device].toSorted((a, b) => a.id - b.id),
    );
    liveCache.listsChanged(client);
  },

  deviceRemoved(client: QueryClient, deviceId: number) {
    client.setQueryData<Device[]>(keys.devices, (known) => known?.filter((device) => device.id !== deviceId));
    client.removeQueries({ queryKey: keys.readings(deviceId) });
    client.removeQueries({ queryKey: keys.buckets(deviceId) });
    liveCache.listsChanged(client);
  },

  /** What a stream that broke for a while may have missed and its snapshot does not hold. */
  refetchRest(client: QueryClient) {
    for (const queryKey of [keys.brokers, keys.statistics, keys.allReadings, keys.allBuckets]) {
      void client.invalidateQueries({ queryKey });
    }
  },

  listsChanged(client: QueryClient) {
    for (const queryKey of [keys.brokers, keys.status, keys.devices, keys.statistics]) {
      void client.invalidateQueries({ queryKey });
    }
  },
};

/** Whether there is more to tell than that messages went through. */
function happened(before: Status, after: Status): boolean {
  return (
    before.state !== after.state || before.since !== after.since || before.attempt !== after.attempt ||
    before.responsive !== after.responsive || before.failure?.at !== after.failure?.at
  );
}

function upserted(known: Status[], status: Status): Status[] {
  const others = known.filter((other) => other.broker_id !== status.broker_id);
  return [...others, status].toSorted((left, right) => left.broker_id - right.broker_id);
}

function grouped(events: ReadingEvent[]): Map<number, ReadingEvent[]> {
  const byDevice = new Map<number, ReadingEvent[]>();
  for (const event of events) {
    byDevice.set(event.device_id, [...(byDevice.get(event.device_id) ?? []), event]);
  }
  return byDevice;
}

function withReadings(device: Device, events: ReadingEvent[]): Device {
  const newest = events.reduce<ReadingEvent | null>(
    (best, event) => (best === null || epochMillis(event.at) >= epochMillis(best.at) ? event : best),
    null,
  );
  if (newest === null || (device.latest !== null && epochMillis(newest.at) < epochMillis(device.latest.at))) return device;
  return {
    ...device,
    latest: { at: newest.at, values: newest.values },
    last_seen: newest.last_seen,
    presence: 'ONLINE',
  };
}

/** Newest first, as the server answers, without the readings that a snapshot already held. */
function prepended(known: Reading[] | undefined, events: ReadingEvent[]): Reading[] | undefined {
  if (known === undefined) return undefined;
  const newest = known[0] ? epochMillis(known[0].at) : 0;
  const fresh = events
    .filter((event) => epochMillis(event.at) > newest)
    .map(({ at, values }) => ({ at, values }))
    .toSorted((left, right) => epochMillis(right.at) - epochMillis(left.at));
  return [...fresh, ...known].slice(0, MAX_READINGS);
}
