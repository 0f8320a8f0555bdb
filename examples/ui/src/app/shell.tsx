import { Page, SkipToContent } from '@patternfly/react-core';
import { useEffect, useRef } from 'react';
import { Outlet, useLocation } from 'react-router';
import { LiveRegion } from '@/components/live-region';
import { AppMasthead } from './app-masthead';
import { AppSidebar } from './app-sidebar';
import { UnreachableBanner } from './unreachable-banner';

const MAIN = 'main';

export function Shell() {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    // A new page is a new place: the reader starts at its top, except on the first load.
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById(MAIN)?.focus();
  }, [pathname]);
  return (
    <Page
      masthead={<AppMasthead />}
      sidebar={<AppSidebar />}
      isManagedSidebar
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
