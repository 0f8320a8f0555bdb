import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { NetworkIcon } from '@patternfly/react-icons/dist/esm/icons/network-icon';

export function NoBrokers({ onAdd }: { onAdd: () => void }) {
  return (
    <EmptyState titleText="No brokers yet." headingLevel="h3" icon={NetworkIcon} variant="sm">
      <EmptyStateBody>Nothing can be received until you add one.</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={onAdd}>
            Add your first broker
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
