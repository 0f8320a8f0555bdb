import { Alert, DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm, ExpandableSection } from '@patternfly/react-core';
import type { Failure } from '@/lib/api/types';
import { failureTitle } from '@/lib/failure-titles';
import { exact } from '@/lib/time';

/** Why a broker is not connected and what to do, in the open, never behind a hover. */
export function FailurePanel({ failure, actions }: { failure: Failure; actions?: React.ReactNode }) {
  return (
    <Alert
      variant={failure.retryable ? 'warning' : 'danger'}
      isInline
      title={failureTitle(failure)}
      component="h3"
      actionLinks={actions}
    >
      <p>{failure.message}</p>
      {failure.remedy !== null && <p className="failure-remedy">{failure.remedy}</p>}
      <ExpandableSection toggleText="Technical details">
        <DescriptionList isHorizontal isCompact aria-label="Technical details">
          <Detail term="Kind">{failure.kind}</Detail>
          <Detail term="Stage">{failure.stage}</Detail>
          <Detail term="Reason code">{reasonCode(failure.reason_code)}</Detail>
          <Detail term="Time">{exact(failure.at)}</Detail>
          <Detail term="Tried again">{failure.retryable ? 'by itself' : 'only when asked, or after a change'}</Detail>
        </DescriptionList>
      </ExpandableSection>
    </Alert>
  );
}

function Detail({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

function reasonCode(code: number | null): string {
  return code === null ? 'none' : `${code} (0x${code.toString(16).toUpperCase().padStart(2, '0')})`;
}
