import { Alert } from '@patternfly/react-core';
import type { Subscription } from '@/lib/api/types';

/** Connected, and yet something will not arrive. */
export function RefusedTopics({ subscriptions }: { subscriptions: Subscription[] }) {
  const refused = subscriptions.filter((subscription) => subscription.granted === null);
  if (refused.length === 0) return null;
  return (
    <Alert
      variant="warning"
      isInline
      component="h3"
      title={refused.length === 1 ? '1 topic refused' : `${refused.length} topics refused`}
    >
      <ul className="refused-topics">
        {refused.map(({ filter, reason }) => (
          <li key={filter}>
            <code>{filter}</code>: {reason ?? 'not answered yet'}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
