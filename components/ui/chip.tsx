import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

interface ChipProps extends Omit<ComponentProps<'button'>, 'type' | 'className'> {
  readonly pressed: boolean;
}

/** A choice that is one of many and is small: a filter, a size. */
export function Chip({ pressed, ...rest }: ChipProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-pressed={pressed}
      className={clsx(
        'inline-flex h-8 items-center gap-1.5 whitespace-nowrap rounded-full border px-3 font-medium text-xs tabular-nums transition-colors pointer-coarse:h-10',
        pressed
          ? 'border-accent-text bg-accent-soft text-accent-text'
          : 'border-line bg-surface text-muted hover:bg-hover hover:text-ink',
      )}
    />
  );
}
