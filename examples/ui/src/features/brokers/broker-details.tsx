import { Button, Card, CardBody, CardTitle, PageSection } from '@patternfly/react-core';
import { Fact, Facts } from '@/components/facts';
import { FailurePanel } from '@/components/failure-panel';
import { Since } from '@/components/since';
import { useLive } from '@/lib/live/live-context';
import { inMillis } from '@/lib/time';
import type { LiveBroker } from '@/lib/use-live-brokers';
import { BrokerHistory } from './broker-history';
import { CertificateFacts } from './certificate-facts';
import { GrantFacts } from './grant-facts';
import { MessageFacts } from './message-facts';
import { SubscriptionList } from './subscription-list';
import './broker-page.css';

interface BrokerDetailsProps extends LiveBroker {
  onRetry: () => void;
  onEdit: () => void;
}

export function BrokerDetails({ broker, status, onRetry, onEdit }: BrokerDetailsProps) {
  const { stale } = useLive();
  const scheme = broker.tls ? 'mqtts' : 'mqtt';
  const { host, port } = status.endpoint ?? { host: broker.broker_host, port: broker.broker_port };
  return (
    <PageSection>
      <div className="broker-page">
        <Part title="Connection">
          <div className="broker-page__connection">
            {status.failure !== null && (!status.is_connected || !status.responsive) && (
              <FailurePanel
                failure={status.failure}
                actions={
                  <>
                    <Button variant="link" isInline isDisabled={stale} onClick={onRetry}>Retry now</Button>
                    <Button variant="link" isInline isDisabled={stale} onClick={onEdit}>Edit broker</Button>
                  </>
                }
              />
            )}
            <Facts columnModifier={{ default: '1Col', md: '2Col', xl: '3Col' }}>
              <Fact name="Address"><code>{`${scheme}://${host}:${port}`}</code></Fact>
              <Fact name="Wanted">{status.is_active ? 'connected' : 'disconnected'}</Fact>
              {status.waiting_position !== null && <Fact name="Waiting">position {status.waiting_position}</Fact>}
              <Fact name="MQTT version">{broker.protocol_version}</Fact>
              <Fact name="Client ID"><code>{broker.client_id}</code></Fact>
              <Fact name="Answers within">{status.round_trip_ms === null ? '–' : inMillis(status.round_trip_ms)}</Fact>
              <Fact name="Last message">
                {status.last_message_at === null ? 'none yet' : <Since at={status.last_message_at} />}
              </Fact>
            </Facts>
          </div>
        </Part>
        <Part title="Messages">
          <MessageFacts traffic={status.traffic} handling={status.handling} />
        </Part>
        <div className="broker-page__pair">
          <Part title="Topics">
            <SubscriptionList subscriptions={status.subscriptions} connected={status.is_connected} />
          </Part>
          {status.grants !== null && (
            <Part title="Granted by the broker">
              <GrantFacts grants={status.grants} />
            </Part>
          )}
          {status.certificate !== null && (
            <Part title="Certificate">
              <CertificateFacts certificate={status.certificate} />
            </Part>
          )}
        </div>
        <Part title="History">
          <BrokerHistory brokerId={broker.id} />
        </Part>
      </div>
    </PageSection>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>{children}</CardBody>
    </Card>
  );
}
