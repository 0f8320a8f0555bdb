import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useFirstErrorFocus } from '@/components/use-first-error-focus';
import { devicesApi } from '@/lib/api/calls';
import { ApiProblem } from '@/lib/api/problem';
import { useBrokers } from '@/lib/api/queries';
import type { Device } from '@/lib/api/types';
import { liveCache } from '@/lib/live/live-cache';
import { draftOf, emptyDraft, faultsOf, inputOf, type DeviceDraft } from './device-draft';
import { DeviceFields } from './device-fields';

interface DeviceDialogProps {
  device: Device | null;
  onSaved: (device: Device) => void;
  onClose: () => void;
}

/** Adds a device, or changes one. */
export function DeviceDialog({ device, onSaved, onClose }: DeviceDialogProps) {
  const client = useQueryClient();
  const brokers = useBrokers().data ?? [];
  const [draft, setDraft] = useState(() => (device ? draftOf(device) : emptyDraft(brokers[0]?.id)));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useFirstErrorFocus(errors);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const faults = faultsOf(draft);
    setErrors(faults);
    setProblem(null);
    if (Object.keys(faults).length > 0) return;
    setBusy(true);
    try {
      const input = inputOf(draft);
      const saved = await (device ? devicesApi.change(device.id, input) : devicesApi.add(input));
      liveCache.deviceSaved(client, saved);
      onSaved(saved);
    } catch (error) {
      if (error instanceof ApiProblem && error.fields.length > 0) setErrors(error.fieldErrors());
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const set = (part: Partial<DeviceDraft>) => setDraft((known) => ({ ...known, ...part }));
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="device-dialog-title" elementToFocus="#device_name">
      <ModalHeader title={device ? `Edit ${device.device_name}` : 'Add device'} labelId="device-dialog-title" />
      <ModalBody>
        <Form id="device-form" ref={form} onSubmit={(event) => void save(event)} noValidate>
          {problem !== null && <ProblemAlert title="The device was not saved" error={problem} />}
          <DeviceFields draft={draft} errors={errors} brokers={brokers} set={set} />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="device-form" isLoading={busy} isDisabled={busy}>
          {device ? 'Save' : 'Add device'}
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
