import { describe, expect, it } from 'vitest';
import { columnsOf, timeTick } from './time-series';

const at = (seconds: number, value: number) => ({ at: new Date(seconds * 1_000).toISOString(), values: { t: value } });

const labels = (increment: number) => [0, 1, 2].map((step) => timeTick(1_000_000 + step * increment, increment));

describe('the columns of a plot', () => {
  it('break the line where nothing came for too long', () => {
    expect(columnsOf([at(100, 3), at(20, 2), at(10, 1)], ['t'], 30)).toEqual([
      [10, 20, 60, 100],
      [1, 2, null, 3],
    ]);
  });

  it('pass over a value that another topic did not send', () => {
    expect(columnsOf([at(20, 2), { at: at(15, 0).at, values: { other: 9 } }, at(10, 1)], ['t'], 30)[1]).toEqual([1, undefined, 2]);
  });
});

describe('the labels of the time', () => {
  it.each([5, 30, 60, 300, 3_600])('differ from each other every %d s', (increment) => {
    expect(new Set(labels(increment)).size).toBe(3);
  });

  it('name the day where the time would be midnight', () => {
    const midnight = new Date(2026, 10, 26).getTime() / 1_000;
    expect(timeTick(midnight, 86_400)).toBe('26 Nov');
    expect(timeTick(midnight, 21_600)).toBe('26 Nov');
    expect(timeTick(midnight + 21_600, 21_600)).toBe('06:00');
  });

  it('have seconds only where they matter', () => {
    expect(labels(60)[0]).toMatch(/^\d\d:\d\d$/);
    expect(labels(30)[0]).toMatch(/^\d\d:\d\d:\d\d$/);
  });
});
