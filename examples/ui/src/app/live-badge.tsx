import { Label } from '@patternfly/react-core';
import { clockTime } from '@/lib/time';
import { useLive } from '@/lib/live/live-context';

/** Whether what the page shows is the present. */
export function LiveBadge() {
  const { phase, freshAt } = useLive();
  switch (phase) {
    case 'live':
      return <Label color="green" icon={<span aria-hidden="true">●</span>}>Live</Label>;
    case 'polling':
      return <Label color="yellow" icon={<span aria-hidden="true">◐</span>}>Polling every 5 s</Label>;
    case 'unreachable':
      return (
        <Label color="red" icon={<span aria-hidden="true">✕</span>}>
          Server unreachable
          {freshAt !== null && <span className="live-badge__since"> – showing data from {clockTime(freshAt)}</span>}
        </Label>
      );
    default:
      return <Label color="grey" icon={<span aria-hidden="true">○</span>}>Connecting…</Label>;
  }
}
