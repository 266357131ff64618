import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';

interface SortButtonProps {
  /** Which way the rows are in order by this column, if they are. */
  readonly sorted: 'ascending' | 'descending' | undefined;
  /** The heading of figures, which stand at the right. */
  readonly figure?: boolean | undefined;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** The heading of a column that rows can be put in order by. */
export function SortButton({ sorted, figure, onClick, children }: SortButtonProps) {
  const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={onClick}
      className={clsx(
        'group -mx-1.5 inline-flex items-center gap-1 rounded-sm px-1.5 py-0.5 align-middle hover:text-ink',
        figure && 'flex-row-reverse',
        sorted && 'text-ink',
      )}
    >
      {children}
      <Arrow
        aria-hidden
        className={clsx('size-3.5', !sorted && 'opacity-0 group-hover:opacity-60')}
      />
    </button>
  );
}
