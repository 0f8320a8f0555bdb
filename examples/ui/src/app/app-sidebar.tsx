import { Nav, NavItem, NavList, PageSidebar, PageSidebarBody } from '@patternfly/react-core';
import { Link, useLocation } from 'react-router';
import { useMe } from '@/lib/api/queries';

const PLACES = [
  { to: '/', name: 'Statistics', admin: false },
  { to: '/devices', name: 'Devices', admin: false },
  { to: '/users', name: 'Users', admin: true },
];

export function AppSidebar({ open }: { open: boolean }) {
  const { pathname } = useLocation();
  const admin = useMe().data?.is_admin === true;
  return (
    <PageSidebar isSidebarOpen={open}>
      <PageSidebarBody>
        <Nav aria-label="Main">
          <NavList>
            {PLACES.filter((place) => admin || !place.admin).map(({ to, name }) => {
              // The brokers are listed on the home page.
              const active = to === '/' ? pathname === '/' || pathname.startsWith('/brokers') : pathname.startsWith(to);
              return (
                <NavItem key={to} isActive={active}>
                  <Link to={to} aria-current={active ? 'page' : undefined}>
                    {name}
                  </Link>
                </NavItem>
              );
            })}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
