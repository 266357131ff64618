import { describe, expect, it } from 'vitest';
import { sparklinePath } from './sparkline-path';

const BOX = { width: 100, height: 10, top: 1, steps: 4 };

describe('sparklinePath', () => {
  it('spans the box, the newest at the right', () => {
    expect(sparklinePath([0, 0.5, 1, 0.5, 0], BOX)).toBe('M0 10L25 5L50 0L75 5L100 10');
  });

  it('grows from the right while it is young', () => {
    expect(sparklinePath([1, 0], BOX)).toBe('M75 0L100 10');
  });

  it('forgets what is left of the box', () => {
    expect(sparklinePath([9, 9, 0, 0, 0, 0, 0], BOX)).toBe('M0 10L25 10L50 10L75 10L100 10');
  });

  it('leaves a hole where nothing is known', () => {
    expect(sparklinePath([0, null, 0], BOX)).toBe('M50 10M100 10');
  });

  it('stays inside', () => {
    expect(sparklinePath([7, -3], BOX)).toBe('M75 0L100 10');
  });

  it('is empty for no values', () => {
    expect(sparklinePath([], BOX)).toBe('');
  });
});
