import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { brokersApi } from '@/lib/api/calls';
import { liveCache } from '@/lib/live/live-cache';
import type { Status } from '@/lib/api/types';

/**
 * The desired state of one connection. Shown at once, busy until the server answers, taken back when it refuses.
 * Of several quick wishes the last one counts: a wish during a request is sent after its answer.
 */
export function useBrokerSwitch(status: Status) {
  const client = useQueryClient();
  const [wish, setWish] = useState<boolean | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const last = useRef<boolean | null>(null);
  const busy = useRef(false);

  const want = async (on: boolean) => {
    last.current = on;
    setWish(on);
    setProblem(null);
    if (busy.current) return;
    busy.current = true;
    try {
      for (let sent: boolean | null = null; sent !== last.current; ) {
        sent = last.current;
        liveCache.status(client, await brokersApi.control(status.broker_id, sent ? 'connect' : 'disconnect'));
      }
    } catch (error) {
      setProblem(error);
    } finally {
      busy.current = false;
      setWish(null);
    }
  };

  return { on: wish ?? status.is_active, busy: wish !== null, problem, want, forget: () => setProblem(null) };
}
