import { Alert, ExpandableSection, ExpandableSectionToggle } from '@patternfly/react-core';
import { useId, useState } from 'react';
import type { Failure } from '@/lib/api/types';
import { failureTitle } from '@/lib/failure-titles';
import { exact } from '@/lib/time';
import { Fact, Facts } from './facts';
import './failure-panel.css';

/** Why a broker is not connected and what to do, in the open, never behind a hover. */
export function FailurePanel({ failure, actions }: { failure: Failure; actions?: React.ReactNode }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <Alert variant={failure.retryable ? 'warning' : 'danger'} isInline title={failureTitle(failure)} component="h3">
      <p>{failure.message}</p>
      {failure.remedy !== null && <p className="failure-remedy">{failure.remedy}</p>}
      <div className="failure-panel__foot">
        {actions}
        <ExpandableSectionToggle isExpanded={open} onToggle={setOpen} toggleId={`${id}-toggle`} contentId={`${id}-details`}>
          Technical details
        </ExpandableSectionToggle>
      </div>
      {open && (
        <ExpandableSection isDetached isExpanded toggleId={`${id}-toggle`} contentId={`${id}-details`}>
          <Facts isHorizontal aria-label="Technical details">
            <Fact name="Kind">{failure.kind}</Fact>
            <Fact name="Stage">{failure.stage}</Fact>
            <Fact name="Reason code">{reasonCode(failure.reason_code)}</Fact>
            <Fact name="Time">{exact(failure.at)}</Fact>
            <Fact name="Tried again">{failure.retryable ? 'by itself' : 'slowly; at once when asked, or after a change'}</Fact>
          </Facts>
        </ExpandableSection>
      )}
    </Alert>
  );
}

function reasonCode(code: number | null): string {
  return code === null ? 'none' : `${code} (0x${code.toString(16).toUpperCase().padStart(2, '0')})`;
}
