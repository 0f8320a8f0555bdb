import { Breadcrumb, BreadcrumbItem, Button, EmptyState, EmptyStateBody, EmptyStateFooter, PageSection, Skeleton } from '@patternfly/react-core';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ConnectionState } from '@/components/connection-state';
import { PageHeading } from '@/components/page-heading';
import { ProblemAlert } from '@/components/problem-alert';
import { messageOf } from '@/lib/api/problem';
import { useLive } from '@/lib/live/live-context';
import { useLiveBrokers, type LiveBroker } from '@/lib/use-live-brokers';
import { BrokerDetails } from './broker-details';
import { BrokerDialog } from './broker-dialog';
import { DeleteBrokerDialog } from './delete-broker-dialog';
import { useBrokerSwitch } from './use-broker-switch';

/** One broker: how it is connected, what it granted, and what happened. */
export function BrokerPage() {
  const id = Number(useParams()['id']);
  const { brokers, error } = useLiveBrokers();
  const live = brokers?.find(({ broker }) => broker.id === id);
  if (live !== undefined) return <Found key={id} {...live} />;
  if (brokers === undefined && error === null) {
    return (
      <PageSection>
        <Skeleton height="12rem" screenreaderText="Loading the broker" />
      </PageSection>
    );
  }
  return (
    <PageSection>
      <EmptyState headingLevel="h1" titleText={brokers === undefined ? 'The broker could not be loaded' : 'There is no such broker'}>
        <EmptyStateBody>{brokers === undefined ? messageOf(error) : 'It may have been deleted.'}</EmptyStateBody>
        <EmptyStateFooter>
          <Link to="/">To the brokers</Link>
        </EmptyStateFooter>
      </EmptyState>
    </PageSection>
  );
}

function Found({ broker, status }: LiveBroker) {
  const { stale } = useLive();
  const navigate = useNavigate();
  const [task, setTask] = useState<'edit' | 'delete' | null>(null);
  const { on, problem, want, forget } = useBrokerSwitch(status);
  const done = () => setTask(null);
  const edit = () => setTask('edit');
  return (
    <>
      <PageSection>
        <Breadcrumb>
          <BreadcrumbItem render={({ className }) => <Link to="/" className={className}>Brokers</Link>} />
          <BreadcrumbItem isActive>{broker.broker_name}</BreadcrumbItem>
        </Breadcrumb>
      </PageSection>
      <PageHeading title={broker.broker_name} lead={<ConnectionState status={status} stale={stale} />}>
        <Button isDisabled={stale} onClick={() => void want(!on)}>{on ? 'Disconnect' : 'Connect'}</Button>
        <Button variant="secondary" isDisabled={stale} onClick={edit}>Edit or test</Button>
        <Button variant="secondary" isDanger isDisabled={stale} onClick={() => setTask('delete')}>Delete</Button>
      </PageHeading>
      {problem !== null && (
        <PageSection>
          <ProblemAlert title="The connection was not changed" error={problem} onClose={forget} />
        </PageSection>
      )}
      <BrokerDetails broker={broker} status={status} onRetry={() => void want(true)} onEdit={edit} />
      {task === 'edit' && <BrokerDialog broker={broker} onClose={done} />}
      {task === 'delete' && (
        <DeleteBrokerDialog broker={broker} onClose={done} onDeleted={() => void navigate('/')} />
      )}
    </>
  );
}
