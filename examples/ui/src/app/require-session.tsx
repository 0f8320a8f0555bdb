import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Navigate, useLocation } from 'react-router';
import { LiveProvider } from '@/lib/live/live-context';
import { useSession } from '@/lib/use-session';
import { Shell } from './shell';

/** Everything behind the login. Whatever ends the session, the next login comes back to the same page. */
export function RequireSession() {
  const token = useSession();
  const location = useLocation();
  const client = useQueryClient();
  useEffect(() => {
    // The next user of this tab must not see a moment of the last one's data.
    if (token === null) client.clear();
  }, [token, client]);
  if (token === null) {
    return <Navigate to="/login" replace state={{ from: location.pathname + location.search }} />;
  }
  return (
    <LiveProvider>
      <Shell />
    </LiveProvider>
  );
}
