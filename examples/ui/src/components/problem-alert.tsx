import { Alert, AlertActionCloseButton } from '@patternfly/react-core';
import { messageOf } from '@/lib/api/problem';

/** An error that stays until it is dealt with; announced when it appears. */
export function ProblemAlert({ title, error, onClose }: { title: string; error: unknown; onClose?: () => void }) {
  return (
    <div role="alert">
      <Alert
        variant="danger"
        isInline
        title={title}
        component="p"
        actionClose={onClose && <AlertActionCloseButton onClose={onClose} />}
      >
        {messageOf(error)}
      </Alert>
    </div>
  );
}
