import { Alert, AlertActionLink, PageSection } from '@patternfly/react-core';
import { useLive } from '@/lib/live/live-context';
import { clockTime } from '@/lib/time';

/** Nothing stale may look fresh. */
export function UnreachableBanner() {
  const { stale, freshAt, retryNow } = useLive();
  return (
    <div role="alert">
      {stale && (
        <PageSection padding={{ default: 'noPadding' }}>
          <Alert
            variant="danger"
            isInline
            component="p"
            title="The server does not answer"
            actionLinks={<AlertActionLink onClick={retryNow}>Retry now</AlertActionLink>}
          >
            {freshAt !== null && `Everything below is as it was at ${clockTime(freshAt)}. `}
            The page asks again every 5 s and recovers by itself.
          </Alert>
        </PageSection>
      )}
    </div>
  );
}
