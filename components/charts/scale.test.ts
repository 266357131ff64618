import { describe, expect, it } from 'vitest';
import { roundMarks, roundTop } from './scale';

const MiB = 2 ** 20;

describe('roundMarks', () => {
  it.each([
    [100, [0, 25, 50, 75, 100]],
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [800, [0, 200, 400, 600, 800]],
    [0, [0]],
  ])('of %d', (top, marks) => {
    expect(roundMarks(top)).toEqual(marks);
  });

  it('goes by powers of two for bytes', () => {
    expect(roundMarks(128 * MiB, 1024)).toEqual([0, 32, 64, 96, 128].map((n) => n * MiB));
  });
});

describe('roundTop', () => {
  it.each([
    [0, 10, 10],
    [93, 10, 100],
    [101, 10, 150],
    [12_345, 10, 15_000],
  ])('of %d, at least %d', (value, least, top) => {
    expect(roundTop(value, least)).toBe(top);
  });

  it('is always a mark', () => {
    for (let value = 1; value < 1e6; value *= 1.7) {
      const top = roundTop(value, 1);
      expect(top).toBeGreaterThanOrEqual(value);
      expect(roundMarks(top).at(-1)).toBeCloseTo(top);
    }
  });
});
