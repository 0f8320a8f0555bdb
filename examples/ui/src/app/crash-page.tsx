import { Button, EmptyState, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { useRouteError } from 'react-router';
import { messageOf } from '@/lib/api/problem';

/** The last net: a fault of the page itself, for instance when a new version was installed under an open tab. */
export function CrashPage() {
  const error = useRouteError();
  return (
    <EmptyState titleText="This page broke" headingLevel="h1" status="danger">
      <EmptyStateBody>{messageOf(error)}</EmptyStateBody>
      <EmptyStateFooter>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </EmptyStateFooter>
    </EmptyState>
  );
}
