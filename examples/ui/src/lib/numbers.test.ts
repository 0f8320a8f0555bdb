import { describe, expect, it } from 'vitest';
import { short } from './numbers';

describe('a number', () => {
  it.each([
    [21.5, '21.5'],
    [0.1 + 0.2, '0.3'],
    [1204.5321, '1204.53'],
    [16777241, '16777241'],
    [16777241.4, '16777241'],
    [-3, '-3'],
    [0, '0'],
  ])('%d is %s', (value, text) => expect(short(value)).toBe(text));
});
