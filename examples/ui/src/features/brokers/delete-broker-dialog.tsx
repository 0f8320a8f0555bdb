import { Checkbox } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { brokersApi } from '@/lib/api/calls';
import { ApiProblem } from '@/lib/api/problem';
import type { Broker } from '@/lib/api/types';
import { liveCache } from '@/lib/live/live-cache';

interface DeleteBrokerDialogProps {
  broker: Broker;
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteBrokerDialog({ broker, onDeleted, onClose }: DeleteBrokerDialogProps) {
  const client = useQueryClient();
  const [withDevices, setWithDevices] = useState(false);
  const [turnedOutInUse, setTurnedOutInUse] = useState(false);
  const count = broker.device_count;
  const inUse = count > 0 || turnedOutInUse;

  const remove = async () => {
    try {
      await brokersApi.remove(broker.id, withDevices);
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
      disabled={inUse && !withDevices}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>Its connection ends and its settings are lost. This cannot be undone.</p>
      {inUse && (
        <>
          <p>
            {count === 0 ? 'Devices are' : count === 1 ? '1 device is' : `${count} devices are`} linked to it and
            would receive no more data. Move them to another broker first, or delete them too.
          </p>
          <Checkbox
            id="delete-devices"
            label={`Also delete its ${count === 1 ? 'device' : 'devices'} and all their readings`}
            isChecked={withDevices}
            onChange={(_event, checked) => setWithDevices(checked)}
          />
        </>
      )}
    </ConfirmDialog>
  );
}
