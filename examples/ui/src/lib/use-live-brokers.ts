import { useMemo } from 'react';
import { useBrokers, useStatuses } from '@/lib/api/queries';
import type { Broker, Status } from '@/lib/api/types';

export interface LiveBroker {
  broker: Broker;
  status: Status;
}

/** The brokers with the newest status of each: the stream's where there is one, else what came with the list. */
export function useLiveBrokers() {
  const brokers = useBrokers();
  const statuses = useStatuses().data;
  const live = useMemo(() => {
    const byId = new Map(statuses?.map((status) => [status.broker_id, status]));
    return brokers.data?.map((broker): LiveBroker => ({ broker, status: byId.get(broker.id) ?? broker.status }));
  }, [brokers.data, statuses]);
  return { brokers: live, error: brokers.error, retry: brokers.refetch };
}
