import { Skeleton, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useMemo, useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { TimeSeriesChart } from '@/components/time-series-chart';
import { MAX_READINGS, useReadings } from '@/lib/api/queries';
import type { Device, Reading } from '@/lib/api/types';
import './device-chart.css';

const RANGES = [
  { minutes: 15, name: '15 min' },
  { minutes: 60, name: '1 h' },
  { minutes: 1_440, name: '24 h' },
];
const MOST_LINES = 4;

/** Chosen values of one device over a chosen time; new readings join by themselves. */
export function DeviceChart({ device }: { device: Device }) {
  const [minutes, setMinutes] = useState(60);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const { data: readings, error } = useReadings(device.id, minutes);
  const names = useMemo(() => namesOf(readings ?? [], device), [readings, device]);
  const lines = useMemo(() => {
    const wanted = chosen?.filter((name) => names.includes(name)) ?? [];
    return wanted.length > 0 ? wanted : names.slice(0, 1);
  }, [chosen, names]);
  const toggle = (name: string) => {
    const without = lines.filter((line) => line !== name);
    setChosen(without.length < lines.length ? without : [...lines, name].slice(-MOST_LINES));
  };
  return (
    <div className="device-chart">
      <div className="device-chart__choices">
        <ToggleGroup aria-label="Values" className="device-chart__values">
          {names.map((name) => (
            <ToggleGroupItem key={name} text={name} isSelected={lines.includes(name)} onChange={() => toggle(name)} />
          ))}
        </ToggleGroup>
        <ToggleGroup aria-label="Time shown">
          {RANGES.map((range) => (
            <ToggleGroupItem
              key={range.minutes}
              text={range.name}
              isSelected={range.minutes === minutes}
              onChange={() => setMinutes(range.minutes)}
            />
          ))}
        </ToggleGroup>
      </div>
      {error !== null && readings === undefined && <ProblemAlert title="The readings could not be loaded" error={error} />}
      {error === null && readings === undefined && <Skeleton height="16rem" screenreaderText="Loading the readings" />}
      {readings?.length === 0 && <p className="subtle">No readings in this time.</p>}
      {readings !== undefined && readings.length > 0 && (
        <TimeSeriesChart readings={readings} names={lines} gapSeconds={3 * device.expected_interval} />
      )}
      {readings?.length === MAX_READINGS && <p className="subtle">The newest {MAX_READINGS} readings are shown.</p>}
    </div>
  );
}

/** In the device's own order, which a new reading does not change: what it named first comes first. */
function namesOf(readings: Reading[], device: Device): string[] {
  const names = new Set(readings.toReversed().flatMap((reading) => Object.keys(reading.values)));
  Object.keys(device.latest?.values ?? {}).forEach((name) => names.add(name));
  return [...names];
}
