import { FormSelect, FormSelectOption, Radio } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { brokersApi } from '@/lib/api/calls';
import { ApiProblem } from '@/lib/api/problem';
import { useBrokers } from '@/lib/api/queries';
import type { Broker } from '@/lib/api/types';
import { liveCache } from '@/lib/live/live-cache';

interface DeleteBrokerDialogProps {
  broker: Broker;
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteBrokerDialog({ broker, onDeleted, onClose }: DeleteBrokerDialogProps) {
  const client = useQueryClient();
  const others = (useBrokers().data ?? []).filter(({ id }) => id !== broker.id);
  const [choice, setChoice] = useState<'move' | 'delete' | null>(null);
  const [target, setTarget] = useState('');
  const [turnedOutInUse, setTurnedOutInUse] = useState(false);
  const count = broker.device_count;
  const inUse = count > 0 || turnedOutInUse;

  const moveTo = target === '' ? others[0]?.id : Number(target);
  const devices =
    choice === 'move' && moveTo !== undefined ? { moveTo } : choice === 'delete' ? ('delete' as const) : null;

  const remove = async () => {
    try {
      await brokersApi.remove(broker.id, inUse ? devices : null);
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'BROKER_IN_USE') setTurnedOutInUse(true);
      throw error;
    }
    liveCache.brokerRemoved(client, broker.id);
    liveCache.listsChanged(client);
    onDeleted?.();
  };

  return (
    <ConfirmDialog
      title={`Delete ${broker.broker_name}?`}
      confirm="Delete broker"
      disabled={inUse && devices === null}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>Its connection ends and its settings are lost. This cannot be undone.</p>
      {inUse && (
        <>
          <p>
            {count === 0 ? 'Devices are' : count === 1 ? '1 device is' : `${count} devices are`} linked to it and
            would receive no more data.
          </p>
          {others.length > 0 && (
            <Radio
              id="move-devices"
              name="devices"
              label={`Move its ${count === 1 ? 'device' : 'devices'} to another broker`}
              isChecked={choice === 'move'}
              onChange={() => setChoice('move')}
              body={
                <FormSelect
                  aria-label="Broker that gets the devices"
                  value={moveTo}
                  isDisabled={choice !== 'move'}
                  onChange={(_event, value) => setTarget(value)}
                >
                  {others.map(({ id, broker_name }) => (
                    <FormSelectOption key={id} value={id} label={broker_name} />
                  ))}
                </FormSelect>
              }
            />
          )}
          <Radio
            id="delete-devices"
            name="devices"
            label={`Also delete its ${count === 1 ? 'device' : 'devices'} and all their readings`}
            isChecked={choice === 'delete'}
            onChange={() => setChoice('delete')}
          />
        </>
      )}
    </ConfirmDialog>
  );
}
