import { useEffect, useRef, useState } from 'react';
import { announcer } from '@/lib/announcer';
import { brokersApi } from '@/lib/api/calls';
import type { BrokerInput, ConnectionTest } from '@/lib/api/types';
import { failureTitle } from '@/lib/failure-titles';

export type TestState =
  | { phase: 'none' }
  | { phase: 'running' }
  | { phase: 'done'; test: ConnectionTest }
  | { phase: 'problem'; problem: unknown };

/** One connection test at a time; it ends when it is cancelled, and with the form. */
export function useConnectionTest() {
  const [state, setState] = useState<TestState>({ phase: 'none' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  /** @param refused takes what the server says of the form's fields: true if it said anything */
  const start = async (settings: BrokerInput & { id?: number }, refused: (error: unknown) => boolean) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setState({ phase: 'running' });
    try {
      const test = await brokersApi.test(settings, own.signal);
      if (own.signal.aborted) return;
      setState({ phase: 'done', test });
      announcer.say(sentence(test));
    } catch (error) {
      // Whoever cancels knows it already.
      if (own.signal.aborted) return;
      setState(refused(error) ? { phase: 'none' } : { phase: 'problem', problem: error });
    }
  };

  const cancel = () => {
    running.current?.abort();
    running.current = null;
    setState({ phase: 'none' });
  };

  return { state, start, cancel };
}

function sentence(test: ConnectionTest): string {
  return test.failure === null ? 'The connection works.' : `The connection test failed: ${failureTitle(test.failure)}.`;
}
