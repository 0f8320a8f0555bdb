import { Alert, AlertActionLink, Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import type { Broker } from '@/lib/api/types';
import { BrokerForm } from './broker-form';
import { ConnectionTest } from './connection-test';
import { useBrokerSaving } from './use-broker-saving';
import { useConnectionTest } from './use-connection-test';
import './broker-dialog.css';

/** Adds a broker, or changes one. */
export function BrokerDialog({ broker: original, onClose }: { broker: Broker | null; onClose: () => void }) {
  const { broker, draft, change, errors, problem, newer, busy, save, takeNewer, settings, refused } = useBrokerSaving(original, onClose);
  const { state, start, cancel } = useConnectionTest();
  const [tested, setTested] = useState(draft);
  const test = () => {
    const input = settings();
    if (input === null) return;
    setTested(draft);
    void start(input, refused);
  };
  const title = original ? `Edit ${original.broker_name}` : 'Add broker';
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="broker-dialog-title" elementToFocus="#broker_name">
      <ModalHeader title={title} labelId="broker-dialog-title" />
      <ModalBody>
        <BrokerForm id="broker-form" broker={broker} draft={draft} errors={errors} change={change} onSubmit={() => void save()}>
          {problem !== null && <ProblemAlert title="The broker was not saved" error={problem} />}
          {newer !== null && (
            <div role="alert">
              <Alert variant="warning" isInline component="p" title="This broker was changed while you were editing it"
                actionLinks={<AlertActionLink onClick={takeNewer}>Load the current values</AlertActionLink>}>
                Your changes were not saved, so that the other ones are not lost. Load the current values and make
                yours again.
              </Alert>
            </div>
          )}
        </BrokerForm>
        <ConnectionTest state={state} outdated={draft !== tested} onCancel={cancel} />
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="broker-form" isLoading={busy} isDisabled={busy}>
          {original ? 'Save' : 'Add broker'}
        </Button>
        <Button variant="secondary" isDisabled={state.phase === 'running'} onClick={test}>
          Test connection
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
