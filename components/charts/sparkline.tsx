import { clsx } from 'clsx';
import type { ChartColour } from './chart-colours';
import { sparklinePath } from './sparkline-path';

interface SparklineProps {
  /** At even steps, the newest last. */
  readonly values: readonly (number | null)[];
  /** The value at the upper edge. */
  readonly top: number;
  readonly steps: number;
  /** What it shows and the value of now, in words. */
  readonly label: string;
  readonly colour?: ChartColour;
  /** Says how wide it is. */
  readonly className: string;
}

const WIDTH = 96;
const HEIGHT = 24;

/** A chart for a line of a list: the shape of the last minutes, no axes. */
export function Sparkline({ values, top, steps, label, colour = 1, className }: SparklineProps) {
  const line = sparklinePath(values, { width: WIDTH, height: HEIGHT, top, steps });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      preserveAspectRatio="none"
      className={clsx('h-6 overflow-visible', className)}
    >
      <line
        x2={WIDTH}
        y1={HEIGHT}
        y2={HEIGHT}
        stroke="var(--chart-grid)"
        vectorEffect="non-scaling-stroke"
      />
      <path
        d={line}
        fill="none"
        stroke={`var(--chart-${colour})`}
        strokeWidth={1.5}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
