import { StatusDot } from '@/components/status-dot';
import type { Subscription } from '@/lib/api/types';

/** The wanted topics and the broker's answer to each. */
export function SubscriptionList({ subscriptions, connected }: { subscriptions: Subscription[]; connected: boolean }) {
  if (subscriptions.length === 0) return <p className="subtle">{connected ? 'No device of this broker asks for any topic.' : 'None was asked for: there is no connection.'}</p>;
  return (
    <ul className="topic-list" aria-label="Topics">
      {subscriptions.map(({ filter, granted, reason }) => (
        <li key={filter}>
          <StatusDot tone={granted === null ? 'bad' : 'good'} shape={granted === null ? 'cross' : 'check'} />
          <span>
            <code>{filter}</code>: {granted === null ? (reason ?? 'not answered yet') : `granted with QoS ${granted}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
