/**
 * How points are kept: a byte of the format's version, one with the number of columns, then for each
 * point the seconds since the block's start as 32 bits and each value as a 32-bit float, little
 * endian. NaN is a value nobody knows. Columns that came later are missing in older blocks.
 */

export interface Point {
  /** Seconds since 1970. */
  readonly time: number;
  readonly values: readonly (number | null)[];
}

const VERSION = 1;
const HEADER_BYTES = 2;

export function encodeBlock(start: number, points: readonly Point[]): Uint8Array<ArrayBuffer> {
  const columns = points[0]?.values.length ?? 0;
  const width = 4 + 4 * columns;
  const bytes = new Uint8Array(HEADER_BYTES + width * points.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  bytes[1] = columns;
  for (const [index, { time, values }] of points.entries()) {
    const at = HEADER_BYTES + index * width;
    view.setUint32(at, time - start, true);
    for (const [column, value] of values.entries()) {
      view.setFloat32(at + 4 + 4 * column, value ?? Number.NaN, true);
    }
  }
  return bytes;
}

/** @returns no points for a block that this program cannot read: a chart can do without */
export function decodeBlock(start: number, bytes: Uint8Array): Point[] {
  const columns = bytes[1] ?? 0;
  const width = 4 + 4 * columns;
  if (bytes[0] !== VERSION || (bytes.length - HEADER_BYTES) % width !== 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const points: Point[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; at += width) {
    const values = Array.from({ length: columns }, (_, column) => {
      const value = view.getFloat32(at + 4 + 4 * column, true);
      return Number.isNaN(value) ? null : value;
    });
    points.push({ time: start + view.getUint32(at, true), values });
  }
  return points;
}
