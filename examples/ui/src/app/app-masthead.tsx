import { Masthead, MastheadBrand, MastheadContent, MastheadLogo, MastheadMain, MastheadToggle, PageToggleButton } from '@patternfly/react-core';
import { Link } from 'react-router';
import { Logo } from '@/components/logo';
import { LiveBadge } from './live-badge';
import { UserMenu } from './user-menu';
import './app-masthead.css';

export function AppMasthead({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  return (
    <Masthead display={{ default: 'inline' }}>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton
            isHamburgerButton
            aria-label="Navigation"
            aria-expanded={open}
            isSidebarOpen={open}
            onSidebarToggle={onToggle}
          />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={HomeLink}>
            <Logo />
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <div className="masthead-tools">
          <LiveBadge />
          <UserMenu />
        </div>
      </MastheadContent>
    </Masthead>
  );
}

function HomeLink(props: React.ComponentProps<'a'>) {
  return <Link {...props} to="/" aria-label="MQTT Manager, to the statistics" />;
}
