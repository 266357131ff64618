import type { ChartColour } from './chart-colours';

export interface SeriesSpec {
  readonly label: string;
  readonly colour: ChartColour;
  /**
   * Areas are for what adds up, or for the only series of a chart: one that lies over another would
   * be taken for a part of it. A limit is a dashed line.
   */
  readonly kind: 'area' | 'line' | 'limit';
}

/** What a chart is made of, apart from its figures. */
export interface ChartSpec {
  readonly series: readonly SeriesSpec[];
  /** Each area on top of those before it. */
  readonly stacked: boolean;
  /** The top of the scale, given the largest value shown. */
  readonly top: (largest: number) => number;
  /** Where the scale is marked. */
  readonly marks: (top: number) => readonly number[];
  readonly format: (value: number) => string;
}
