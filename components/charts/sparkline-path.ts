/**
 * The path of a small line chart, the newest value at the right edge. Values come at even steps;
 * null leaves a hole.
 * @param steps how many fit between the left and the right edge
 */
export function sparklinePath(
  values: readonly (number | null)[],
  { width, height, top, steps }: SparklineBox,
): string {
  const shown = values.slice(-(steps + 1));
  const parts: string[] = [];
  let open = false;
  shown.forEach((value, i) => {
    if (value === null) {
      open = false;
      return;
    }
    const x = width - ((shown.length - 1 - i) / steps) * width;
    const y = height - Math.min(1, Math.max(0, value / top)) * height;
    parts.push(`${open ? 'L' : 'M'}${round(x)} ${round(y)}`);
    open = true;
  });
  return parts.join('');
}

export interface SparklineBox {
  readonly width: number;
  readonly height: number;
  /** The value at the upper edge. */
  readonly top: number;
  readonly steps: number;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
