import { describe, expect, it } from 'vitest';
import { columnsOf } from './time-series';

const at = (seconds: number, value: number) => ({ at: new Date(seconds * 1_000).toISOString(), values: { t: value } });

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
