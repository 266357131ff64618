import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatMoment, formatPercent } from './format';

const MiB = 1024 * 1024;

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [128 * MiB, '128 MiB'],
    [1000 * MiB, '1000 MiB'],
    [1023.7 * MiB, '1 GiB'],
    [1024 * MiB, '1 GiB'],
    [23.456 * 1024 * MiB, '23.5 GiB'],
    [-1536, '−1.5 KiB'],
  ])('writes %d as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    // The second unit is the next smaller one, so that two figures are of like size.
    [3_605_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('formatPercent', () => {
  it('rounds', () => expect(formatPercent(0.126)).toBe('13%'));
});

describe('formatMoment', () => {
  const now = new Date(2026, 10, 28, 18);
  it.each([
    [new Date(2026, 10, 28, 9, 5, 7), '09:05:07'],
    [new Date(2026, 2, 1, 9, 5), 'Mar 1, 09:05'],
    [new Date(2025, 2, 1, 9, 5), 'Mar 1, 2025'],
  ])('writes %s as %s', (at, text) => expect(formatMoment(at.toISOString(), now)).toBe(text));
});
