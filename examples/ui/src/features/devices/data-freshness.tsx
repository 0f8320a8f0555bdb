import type { Device } from '@/lib/api/types';
import { age, duration, exact, millisSince } from '@/lib/time';
import { useNow } from '@/lib/use-now';
import './data-freshness.css';

/** How many expected readings may be missing before the last one counts as old. */
const MISSING_ALLOWED = 2;

/** The age of the latest values, in other words once they are older than they should be. */
export function DataFreshness({ device }: { device: Device }) {
  const now = useNow();
  const at = device.latest?.at ?? device.last_seen;
  if (at === null) return <span className="subtle">No data yet</span>;
  const millis = millisSince(at, now);
  const old = millis > MISSING_ALLOWED * device.expected_interval * 1_000;
  return (
    <time dateTime={at} title={exact(at)} className={old ? 'freshness freshness--old' : 'freshness subtle'}>
      {old ? `No data for ${duration(millis)}` : age(at, now)}
    </time>
  );
}
