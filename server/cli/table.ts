import { stripVTControlCharacters } from 'node:util';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** In place of a table without rows. */
  readonly empty: string;
}

const GAP = '  ';
const LEAST_WIDTH = 8;

/** @param width of the terminal; the last column is cut to it, a pipe gets everything */
export function formatTable({ columns, rows, empty }: Table, width?: number): string {
  if (rows.length === 0) return empty;
  // A name may hold what a terminal would obey.
  const cells = [columns, ...rows].map((row) => row.map(printable));
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => widthOf(row[at] ?? ''))));
  return cells.map((row) => line(row, widths, width)).join('\n');
}

function line(row: readonly string[], widths: readonly number[], width?: number): string {
  const last = row.length - 1;
  const left = row
    .slice(0, last)
    .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
    .map((cell) => cell + GAP)
    .join('');
  const end = row[last] ?? '';
  if (width === undefined) return (left + end).trimEnd();
  const room = Math.max(LEAST_WIDTH, width - widthOf(left));
  return (left + (widthOf(end) > room ? `${end.slice(0, room - 1)}…` : end)).trimEnd();
}

/** Without control characters. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{C}/gu, ' ');
}

/** Columns of a terminal; Chinese, Japanese and Korean characters take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
