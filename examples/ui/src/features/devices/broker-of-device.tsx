import { ConnectionState } from '@/components/connection-state';
import { useLive } from '@/lib/live/live-context';
import { useLiveBrokers } from '@/lib/use-live-brokers';
import './broker-of-device.css';

/** The broker's name and how it is connected, since a device is only as reachable as its broker. */
export function BrokerOfDevice({ brokerId, brief = false }: { brokerId: number; brief?: boolean }) {
  const live = useLiveBrokers().brokers?.find(({ broker }) => broker.id === brokerId);
  const { stale } = useLive();
  if (live === undefined) return <span className="subtle">…</span>;
  return (
    <span className="broker-of-device">
      <span>{live.broker.broker_name}</span>
      <ConnectionState status={live.status} stale={stale} brief={brief} />
    </span>
  );
}
