import type { Bucket, Reading } from '@/lib/api/types';
import { short } from '@/lib/numbers';
import { clockTime, day, duration, exact } from '@/lib/time';

/** Columns as the plot wants them: seconds, then each name's values; null is a gap, undefined is just no value there. */
export type Columns = [number[], ...(number | null | undefined)[][]];

/** Under which names the lowest and highest values of a span stand beside its averages; no device can send such a name. */
export const lowestOf = (name: string) => `${name}\u0000lowest`;
export const highestOf = (name: string) => `${name}\u0000highest`;

/** The averages as readings, with the lowest and highest beside them. */
export function readingsOf(buckets: Bucket[]): Reading[] {
  return buckets.map(({ at, values }) => ({
    at,
    values: Object.fromEntries(
      Object.entries(values).flatMap(([name, { min, avg, max }]) => [
        [name, avg],
        [lowestOf(name), min],
        [highestOf(name), max],
      ]),
    ),
  }));
}

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
  if (increment < 60) return time;
  return increment >= 86_400 || (increment >= 3_600 && time.startsWith('00:00')) ? day(seconds * 1_000) : time.slice(0, 5);
}

/** What the picture says, for those who do not see it. With a span, the readings are averages over so many seconds. */
export function summaryOf(readings: Reading[], names: string[], span?: number): string {
  const first = readings.at(-1);
  const last = readings[0];
  if (!first || !last) return 'No readings in this time.';
  const what =
    span === undefined
      ? `${readings.length} readings from ${clockTime(first.at)} to ${clockTime(last.at)}.`
      : `${readings.length} averages over ${duration(span * 1_000)} from ${exact(first.at)} to ${exact(last.at)}.`;
  return [what, ...names.map((name) => summaryOfOne(readings, name))].join(' ');
}

function summaryOfOne(readings: Reading[], name: string): string {
  const values = readings.flatMap((reading) => reading.values[name] ?? []);
  if (values.length === 0) return `${name}: no values.`;
  const lowest = readings.reduce((low, reading) => Math.min(low, reading.values[lowestOf(name)] ?? reading.values[name] ?? low), Infinity);
  const highest = readings.reduce((high, reading) => Math.max(high, reading.values[highestOf(name)] ?? reading.values[name] ?? high), -Infinity);
  return `${name}: latest ${short(values[0]!)}, lowest ${short(lowest)}, highest ${short(highest)}.`;
}
