import { ReadingsTable } from '@/components/readings-table';
import { useReadings } from '@/lib/api/queries';
import type { Device } from '@/lib/api/types';

const DAY_MINUTES = 1_440;

export function RecentReadings({ device }: { device: Device }) {
  const readings = useReadings(device.id, DAY_MINUTES).data ?? [];
  if (readings.length === 0) return <p className="subtle">No readings in the last 24 hours.</p>;
  const names = [...new Set(readings.flatMap((reading) => Object.keys(reading.values)))];
  return <ReadingsTable readings={readings} names={names} label="Readings of the last 24 hours" />;
}
