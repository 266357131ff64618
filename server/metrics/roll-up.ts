import type { Point } from './block-format';
import type { Column } from './columns';

/** Gathers samples into points of `stepSeconds`, each at the beginning of its step. */
export class RollUp<S> {
  private begun: number | undefined;
  private readonly sums: number[];
  private readonly counts: number[];

  constructor(
    private readonly columns: readonly Column<S>[],
    private readonly stepSeconds: number,
  ) {
    this.sums = columns.map(() => 0);
    this.counts = columns.map(() => 0);
  }

  /** @returns the point that ended before this sample, if one did */
  add(seconds: number, sample: S): Point | undefined {
    const step = Math.floor(seconds / this.stepSeconds) * this.stepSeconds;
    const ended = this.begun !== undefined && this.begun !== step ? this.take() : undefined;
    this.begun = step;
    for (const [index, { of, kept }] of this.columns.entries()) {
      const value = of(sample);
      if (value === null || !Number.isFinite(value)) continue;
      const sum = this.sums[index] ?? 0;
      const isFirst = this.counts[index] === 0;
      this.sums[index] = kept === 'mean' ? sum + value : isFirst ? value : Math.max(sum, value);
      this.counts[index] = (this.counts[index] ?? 0) + 1;
    }
    return ended;
  }

  /** The point that is not whole yet, and a new beginning. */
  take(): Point | undefined {
    const { begun } = this;
    if (begun === undefined) return undefined;
    const values = this.columns.map(({ kept }, index) => {
      const count = this.counts[index] ?? 0;
      if (count === 0) return null;
      const sum = this.sums[index] ?? 0;
      return kept === 'mean' ? sum / count : sum;
    });
    this.begun = undefined;
    this.sums.fill(0);
    this.counts.fill(0);
    return { time: begun, values };
  }
}
