import { age, exact } from '@/lib/time';
import { useNow } from '@/lib/use-now';

/** "4 min ago", with the exact time for those who ask. */
export function Since({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exact(at)}>
      {age(at, now)}
    </time>
  );
}
