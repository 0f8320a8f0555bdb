import { useLive } from '@/lib/live/live-context';
import { duration } from '@/lib/time';
import { useNow } from '@/lib/use-now';

/** "Updated 2 s ago": the age of what the page shows is always to be seen. */
export function DataAge() {
  const now = useNow();
  const { freshAt } = useLive();
  if (freshAt === null) return <span className="subtle">Loading…</span>;
  return <span className="subtle numbers">Updated {duration(now - freshAt)} ago</span>;
}
