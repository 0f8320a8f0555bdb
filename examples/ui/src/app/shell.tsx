import { Page, SkipToContent } from '@patternfly/react-core';
import { useEffect, useRef, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { LiveRegion } from '@/components/live-region';
import { AppMasthead } from './app-masthead';
import { AppSidebar } from './app-sidebar';
import { UnreachableBanner } from './unreachable-banner';

const MAIN = 'main';

export function Shell() {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  const narrow = useRef(false);
  const [navigationOpen, setNavigationOpen] = useState(true);
  useEffect(() => {
    // A new page is a new place: the reader starts at its top, except on the first load.
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById(MAIN)?.focus();
    if (narrow.current) setNavigationOpen(false);
  }, [pathname]);
  const resized = (isNarrow: boolean) => {
    if (isNarrow === narrow.current) return;
    narrow.current = isNarrow;
    setNavigationOpen(!isNarrow);
  };
  return (
    <Page
      masthead={<AppMasthead open={navigationOpen} onToggle={() => setNavigationOpen(!navigationOpen)} />}
      sidebar={<AppSidebar open={navigationOpen} />}
      onPageResize={(_event, { mobileView }) => resized(mobileView)}
      skipToContent={<SkipToContent href={`#${MAIN}`}>Skip to content</SkipToContent>}
      mainContainerId={MAIN}
      mainTabIndex={-1}
      mainAriaLabel="Content"
    >
      <UnreachableBanner />
      <Outlet />
      <LiveRegion />
    </Page>
  );
}
