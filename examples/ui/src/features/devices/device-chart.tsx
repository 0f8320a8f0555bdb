import { Skeleton, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useMemo, useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { TimeSeriesChart } from '@/components/time-series-chart';
import { readingsOf } from '@/components/time-series';
import { MAX_READINGS, useBuckets, useReadings } from '@/lib/api/queries';
import type { Bucket, Device, Reading } from '@/lib/api/types';
import { DownloadCsv } from './download-csv';
import './device-chart.css';

const RANGES = [
  { minutes: 15, name: '15 min' },
  { minutes: 60, name: '1 h' },
  { minutes: 1_440, name: '24 h' },
  { minutes: 10_080, name: '7 d' },
  { minutes: 43_200, name: '30 d' },
];
/** From here on the server sums up: a chart has no room for more readings. */
const SUMMED_FROM = 1_440;
const MOST_LINES = 4;

/** Chosen values of one device over a chosen time; new readings join by themselves, in sums after a minute at most. */
export function DeviceChart({ device }: { device: Device }) {
  const [minutes, setMinutes] = useState(60);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const summed = minutes >= SUMMED_FROM;
  const single = useReadings(device.id, minutes, !summed);
  const buckets = useBuckets(device.id, minutes, summed);
  const error = summed ? buckets.error : single.error;
  const readings = useMemo(
    () => (summed ? buckets.data && readingsOf(buckets.data) : single.data),
    [summed, buckets.data, single.data],
  );
  const span = summed ? buckets.data?.[0]?.seconds : undefined;
  const names = useMemo(
    () => (summed ? namesOfBuckets(buckets.data ?? []) : namesOf(single.data ?? [], device)),
    [summed, buckets.data, single.data, device],
  );
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
        <TimeSeriesChart readings={readings} names={lines} span={span}
          gapSeconds={Math.max(3 * device.expected_interval, 1.5 * (span ?? 0))} />
      )}
      <DownloadCsv key={minutes} device={device} minutes={minutes} />
      {!summed && readings?.length === MAX_READINGS && <p className="subtle">The newest {MAX_READINGS} readings are shown.</p>}
    </div>
  );
}

/** In the device's own order, which a new reading does not change: what it named first comes first. */
function namesOf(readings: Reading[], device: Device): string[] {
  const names = new Set(readings.toReversed().flatMap((reading) => Object.keys(reading.values)));
  Object.keys(device.latest?.values ?? {}).forEach((name) => names.add(name));
  return [...names];
}

function namesOfBuckets(buckets: Bucket[]): string[] {
  return [...new Set(buckets.flatMap(({ values }) => Object.keys(values)))];
}
