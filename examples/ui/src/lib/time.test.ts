import { describe, expect, it } from 'vitest';
import { duration } from './time';

describe('a duration', () => {
  it.each([
    [-5_000, '0 s'],
    [3_400, '3 s'],
    [59_600, '1 min'],
    [240_000, '4 min'],
    [8_040_000, '2 h 14 min'],
    [7_200_000, '2 h'],
    [273_600_000, '3 d 4 h'],
  ])('of %d ms is "%s"', (millis, text) => {
    expect(duration(millis)).toBe(text);
  });
});
