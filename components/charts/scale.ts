/** As many marks as can be read without being counted. */
const MOST_MARKS = 4;

/**
 * Round numbers from 0 to `top`.
 * @param base 10 for figures, 1024 for bytes: what a round number is a multiple of
 */
export function roundMarks(top: number, base: 10 | 1024 = 10): number[] {
  if (!(top > 0)) return [0];
  const step = roundStep(top / MOST_MARKS, base);
  const marks: number[] = [];
  for (let mark = 0; mark <= top * (1 + Number.EPSILON); mark += step) marks.push(mark);
  return marks;
}

/** The next round number above `value`, with some air; a scale that ends there can be read. */
export function roundTop(value: number, least: number, base: 10 | 1024 = 10): number {
  const wanted = Math.max(value, least);
  const step = roundStep(wanted / MOST_MARKS, base);
  return Math.ceil(wanted / step) * step;
}

function roundStep(least: number, base: 10 | 1024): number {
  const unit = base ** Math.floor(Math.log(least) / Math.log(base));
  const nice = base === 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
  const factor = nice.find((candidate) => candidate * unit >= least * (1 - 1e-9)) ?? base;
  return factor * unit;
}
