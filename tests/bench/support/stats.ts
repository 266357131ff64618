export interface Spread {
  readonly min: number;
  readonly max: number;
}

/** The middle value; of an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

export function spread(values: readonly number[]): Spread {
  return { min: round(Math.min(...values)), max: round(Math.max(...values)) };
}

/** Three decimals: enough for a ratio, and no more digits than the measurement has. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
