import { EmptyState, EmptyStateBody, EmptyStateFooter, PageSection } from '@patternfly/react-core';
import { Link } from 'react-router';

export function NotFoundPage() {
  return (
    <PageSection>
      <EmptyState titleText="There is no such page" headingLevel="h1">
        <EmptyStateBody>The address may be mistyped, or what it named was removed.</EmptyStateBody>
        <EmptyStateFooter>
          <Link to="/">To the statistics</Link>
        </EmptyStateFooter>
      </EmptyState>
    </PageSection>
  );
}
