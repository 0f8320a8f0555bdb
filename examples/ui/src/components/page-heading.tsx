import { PageSection, Title } from '@patternfly/react-core';
import { useEffect } from 'react';
import './page-heading.css';

/** The page's h1, its actions, and the tab's title. */
export function PageHeading({ title, children, lead }: { title: string; lead?: React.ReactNode; children?: React.ReactNode }) {
  useEffect(() => {
    document.title = `${title} · MQTT Manager`;
  }, [title]);
  return (
    <PageSection className="page-heading">
      <div className="page-heading__words">
        <Title headingLevel="h1">{title}</Title>
        {lead !== undefined && <p className="page-heading__lead">{lead}</p>}
      </div>
      {children !== undefined && <div className="page-heading__actions">{children}</div>}
    </PageSection>
  );
}
