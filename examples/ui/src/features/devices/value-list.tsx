import type { Values } from '@/lib/api/types';
import { short } from '@/lib/numbers';
import './value-list.css';

/** Names and numbers; of many only the first few, with how many more there are. */
export function ValueList({ values, most = 100, small = false }: { values: Values; most?: number; small?: boolean }) {
  const entries = Object.entries(values);
  return (
    <dl className={small ? 'value-list value-list--small' : 'value-list'}>
      {entries.slice(0, most).map(([name, value]) => (
        <div key={name} className="value-list__one">
          <dt>{name}</dt>
          <dd>{short(value)}</dd>
        </div>
      ))}
      {entries.length > most && (
        <div className="value-list__one">
          <dt>and {entries.length - most} more</dt>
          <dd />
        </div>
      )}
    </dl>
  );
}
