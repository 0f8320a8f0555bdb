import { Button, Switch } from '@patternfly/react-core';
import { LockIcon } from '@patternfly/react-icons/dist/esm/icons/lock-icon';
import { Link } from 'react-router';
import { ActionsMenu } from '@/components/actions-menu';
import { ConnectionState } from '@/components/connection-state';
import { FailurePanel } from '@/components/failure-panel';
import { ProblemAlert } from '@/components/problem-alert';
import { Since } from '@/components/since';
import type { LiveBroker } from '@/lib/use-live-brokers';
import { useLive } from '@/lib/live/live-context';
import { RefusedTopics } from './refused-topics';
import { useBrokerSwitch } from './use-broker-switch';

interface BrokerRowProps extends LiveBroker {
  onEdit: () => void;
  onDelete: () => void;
}

export function BrokerRow({ broker, status, onEdit, onDelete }: BrokerRowProps) {
  const { stale } = useLive();
  const { on, busy, problem, want, forget } = useBrokerSwitch(status);
  const name = broker.broker_name;
  return (
    <li className="broker-row" aria-label={name}>
      <div className="broker-row__line">
        <div className="broker-row__state">
          <ConnectionState status={status} stale={stale} />
        </div>
        <div className="broker-row__identity">
          <Link to={`/brokers/${broker.id}`} className="broker-row__name">
            {name}
          </Link>
          <span className="broker-row__address">
            {broker.tls && <LockIcon title="Encrypted" />}
            {`${broker.tls ? 'mqtts' : 'mqtt'}://${broker.broker_host}:${broker.broker_port}`}
          </span>
        </div>
        <div className="broker-row__traffic">
          {status.last_message_at === null ? (
            'No message yet'
          ) : (
            <>
              Last message <Since at={status.last_message_at} />
            </>
          )}
        </div>
        <div className="broker-row__controls">
          <Switch
            id={`connect-${broker.id}`}
            aria-label={`Connect broker ${name}`}
            aria-busy={busy}
            isChecked={on}
            isDisabled={stale}
            onChange={(_event, checked) => void want(checked)}
          />
          <ActionsMenu
            label={`Actions for broker ${name}`}
            actions={[
              { name: 'Edit', disabled: stale, run: onEdit },
              { name: 'Retry now', disabled: stale || status.is_connected, run: () => void want(true) },
              { name: 'Delete', danger: true, disabled: stale, run: onDelete },
            ]}
          />
        </div>
      </div>
      {problem !== null && (
        <ProblemAlert title={`The connection of ${name} was not changed`} error={problem} onClose={forget} />
      )}
      {(!status.is_connected || !status.responsive) && status.failure !== null && (
        <FailurePanel
          failure={status.failure}
          actions={
            <>
              <Button variant="link" isInline isDisabled={stale} onClick={() => void want(true)}>
                Retry now
              </Button>
              <Button variant="link" isInline isDisabled={stale} onClick={onEdit}>
                Edit broker
              </Button>
            </>
          }
        />
      )}
      {status.is_connected && <RefusedTopics subscriptions={status.subscriptions} />}
    </li>
  );
}
