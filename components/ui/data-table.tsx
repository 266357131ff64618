import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** Figures stand under each other digit by digit. */
  readonly figure?: boolean;
  /** Takes what the others leave, and is cut where that is too little. */
  readonly wide?: boolean;
  /** Left out on narrow screens. */
  readonly minor?: boolean;
  /** Its heading is for screen readers alone: buttons explain themselves. */
  readonly quiet?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
}

/** Rows and columns; it scrolls by itself where they do not fit. */
export function DataTable<Row>({ label, columns, rows, rowKey }: DataTableProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the card around it is the landmark, and a table no fieldset
    <div
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      // Relative, so that headings for screen readers scroll with it and widen no page.
      className="relative overflow-x-auto"
    >
      <table className="w-full border-collapse text-left text-sm">
        <thead>
          <tr className="border-line border-b">
            {columns.map(({ key, title, figure, minor, quiet }) => (
              <th
                key={key}
                scope="col"
                className={clsx(
                  'whitespace-nowrap px-3 py-2 font-medium text-faint text-xs first:pl-4 sm:first:pl-5 last:pr-4 sm:last:pr-5',
                  figure && 'text-right',
                  minor && 'max-md:hidden',
                )}
              >
                {quiet ? <span className="sr-only">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-line border-b last:border-0 hover:bg-sunken">
              {columns.map(({ key, figure, wide, minor, cell }) => (
                <td
                  key={key}
                  className={clsx(
                    'px-3 py-2.5 align-middle first:pl-4 sm:first:pl-5 last:pr-4 sm:last:pr-5',
                    figure && 'text-right tabular-nums',
                    wide ? 'w-full min-w-32 max-w-0 truncate' : 'whitespace-nowrap',
                    minor && 'max-md:hidden',
                  )}
                >
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
