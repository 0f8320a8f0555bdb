import { Button } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { ProblemAlert } from '@/components/problem-alert';
import { brokersApi } from '@/lib/api/calls';
import { messageOf } from '@/lib/api/problem';
import { liveCache } from '@/lib/live/live-cache';
import type { LiveBroker } from '@/lib/use-live-brokers';

type Action = 'connect' | 'disconnect';

export function ControlAll({ brokers, disabled }: { brokers: LiveBroker[]; disabled: boolean }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Error | null>(null);
  const off = brokers.filter(({ status }) => !status.is_active);
  const on = brokers.filter(({ status }) => status.is_active);

  const all = async (action: Action, chosen: LiveBroker[]) => {
    setProblem(null);
    const failed: string[] = [];
    const one = async ({ broker }: LiveBroker) => {
      try {
        liveCache.status(client, await brokersApi.control(broker.id, action));
      } catch (error) {
        failed.push(`${broker.broker_name}: ${messageOf(error)}`);
      }
    };
    await Promise.all(chosen.map(one));
    if (failed.length > 0) setProblem(new Error(failed.join(' · ')));
  };

  return (
    <>
      <Button variant="secondary" isDisabled={disabled || off.length === 0} onClick={() => void all('connect', off)}>
        Connect all
      </Button>
      <Button variant="secondary" isDisabled={disabled || on.length === 0} onClick={() => setAsking(true)}>
        Disconnect all
      </Button>
      {problem !== null && (
        <ProblemAlert title="Not every broker was changed" error={problem} onClose={() => setProblem(null)} />
      )}
      {asking && (
        <ConfirmDialog
          title="Disconnect all brokers?"
          confirm="Disconnect all"
          onConfirm={() => all('disconnect', on)}
          onClose={() => setAsking(false)}
        >
          {on.map(({ broker }) => broker.broker_name).join(', ')} will be disconnected, and nothing is received from
          them until you connect them again.
        </ConfirmDialog>
      )}
    </>
  );
}
