import type { Reading } from '@/lib/api/types';
import { short } from '@/lib/numbers';
import { clockTime } from '@/lib/time';

/** Columns as the plot wants them: seconds, then each name's values; null is a gap, undefined is just no value there. */
export type Columns = [number[], ...(number | null | undefined)[][]];

/** Readings come newest first. Where more than the gap passed between two, the line is broken. */
export function columnsOf(readings: Reading[], names: string[], gapSeconds: number): Columns {
  const times: number[] = [];
  const values: (number | null | undefined)[][] = names.map(() => []);
  for (const reading of readings.toReversed()) {
    const at = Date.parse(reading.at) / 1_000;
    const last = times.at(-1);
    if (last !== undefined && at - last > gapSeconds) {
      times.push((last + at) / 2);
      values.forEach((column) => column.push(null));
    }
    times.push(at);
    names.forEach((name, index) => values[index]!.push(reading.values[name]));
  }
  return [times, ...values];
}

/** The label of a point in time, as exact as the distance to the next one. */
export function timeTick(seconds: number, increment: number): string {
  const time = clockTime(seconds * 1_000);
  return increment < 60 ? time : time.slice(0, 5);
}

/** What the picture says, for those who do not see it. */
export function summaryOf(readings: Reading[], names: string[]): string {
  const first = readings.at(-1);
  const last = readings[0];
  if (!first || !last) return 'No readings in this time.';
  const span = `${readings.length} readings from ${clockTime(first.at)} to ${clockTime(last.at)}.`;
  return [span, ...names.map((name) => summaryOfOne(readings, name))].join(' ');
}

function summaryOfOne(readings: Reading[], name: string): string {
  const values = readings.flatMap((reading) => reading.values[name] ?? []);
  if (values.length === 0) return `${name}: no values.`;
  const [lowest, highest] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return `${name}: latest ${short(values[0]!)}, lowest ${short(lowest)}, highest ${short(highest)}.`;
}
