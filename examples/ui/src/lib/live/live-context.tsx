import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { LiveFeed, type LIVE_TIMES, type LiveState } from './live-feed';

const LiveContext = createContext<LiveFeed | null>(null);

/** Runs the live feed while the tab can be seen. */
export function LiveProvider({ children, times }: { children: ReactNode; times?: typeof LIVE_TIMES }) {
  const client = useQueryClient();
  const [feed] = useState(() => new LiveFeed(client, times));
  useEffect(() => {
    const follow = () => (document.visibilityState === 'hidden' ? feed.stop() : feed.start());
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      feed.stop();
    };
  }, [feed]);
  return <LiveContext value={feed}>{children}</LiveContext>;
}

export interface Live extends LiveState {
  retryNow: () => void;
  /** What the page shows may no longer be so. */
  stale: boolean;
}

const OUTSIDE: LiveState = { phase: 'connecting', freshAt: null };

export function useLive(): Live {
  const feed = use(LiveContext);
  const state = useSyncExternalStore(
    feed?.subscribe ?? (() => () => undefined),
    feed?.current ?? (() => OUTSIDE),
  );
  return { ...state, retryNow: feed?.retryNow ?? (() => undefined), stale: state.phase === 'unreachable' };
}
