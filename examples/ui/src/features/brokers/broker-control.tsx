import { Button, Card, CardBody, CardHeader, CardTitle, Skeleton } from '@patternfly/react-core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import type { Broker } from '@/lib/api/types';
import { useLive } from '@/lib/live/live-context';
import { useLiveBrokers } from '@/lib/use-live-brokers';
import { BrokerDialog } from './broker-dialog';
import { BrokerRow } from './broker-row';
import { ControlAll } from './control-all';
import { DeleteBrokerDialog } from './delete-broker-dialog';
import { NoBrokers } from './no-brokers';
import './broker-control.css';

type Task = { kind: 'add' } | { kind: 'edit' | 'delete'; broker: Broker } | null;

/** Every broker, how it is connected, and the switch that says whether it should be. */
export function BrokerControl() {
  const { brokers, error, retry } = useLiveBrokers();
  const { stale } = useLive();
  const [task, setTask] = useState<Task>(null);
  const add = () => setTask({ kind: 'add' });
  const done = () => setTask(null);
  return (
    <Card component="section" aria-labelledby="broker-control" className="broker-control">
      <CardHeader
        actions={{
          hasNoOffset: true,
          actions: (
            <div className="broker-control__actions">
              {brokers !== undefined && brokers.length > 0 && <ControlAll brokers={brokers} disabled={stale} />}
              <Button onClick={add} isDisabled={stale}>
                Add broker
              </Button>
            </div>
          ),
        }}
      >
        <CardTitle component="h2" id="broker-control">
          MQTT Broker Control
        </CardTitle>
      </CardHeader>
      <CardBody>
        {brokers === undefined && error === null && <Skeleton height="8rem" screenreaderText="Loading the brokers" />}
        {error !== null && brokers === undefined && (
          <>
            <ProblemAlert title="The brokers could not be loaded" error={error} />
            <Button variant="link" onClick={() => void retry()}>Try again</Button>
          </>
        )}
        {brokers?.length === 0 && <NoBrokers onAdd={add} />}
        {brokers !== undefined && brokers.length > 0 && (
          <ul className="broker-list" aria-label="Brokers">
            {brokers.map((live) => (
              <BrokerRow
                key={live.broker.id}
                {...live}
                onEdit={() => setTask({ kind: 'edit', broker: live.broker })}
                onDelete={() => setTask({ kind: 'delete', broker: live.broker })}
              />
            ))}
          </ul>
        )}
      </CardBody>
      {task?.kind === 'add' && <BrokerDialog broker={null} onClose={done} />}
      {task?.kind === 'edit' && <BrokerDialog broker={task.broker} onClose={done} />}
      {task?.kind === 'delete' && <DeleteBrokerDialog broker={task.broker} onClose={done} />}
    </Card>
  );
}
