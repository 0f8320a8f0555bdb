import { useSyncExternalStore } from 'react';
import { announcer } from '@/lib/announcer';

/** The page's one polite live region. */
export function LiveRegion() {
  const message = useSyncExternalStore(announcer.subscribe, announcer.current);
  return (
    <div role="status" aria-live="polite" className="pf-v6-screen-reader">
      {message}
    </div>
  );
}
