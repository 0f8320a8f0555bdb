import { EmptyState, EmptyStateBody, EmptyStateFooter, PageSection } from '@patternfly/react-core';
import { Link } from 'react-router';
import { messageOf } from '@/lib/api/problem';

export function NoSuchDevice({ error }: { error: Error | null }) {
  return (
    <PageSection>
      <EmptyState titleText={error === null ? 'There is no such device' : 'The device could not be loaded'} headingLevel="h1">
        <EmptyStateBody>{error === null ? 'It may have been deleted.' : messageOf(error)}</EmptyStateBody>
        <EmptyStateFooter>
          <Link to="/devices">To the devices</Link>
        </EmptyStateFooter>
      </EmptyState>
    </PageSection>
  );
}
