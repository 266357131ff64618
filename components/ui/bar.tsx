import { clsx } from 'clsx';

interface BarProps {
  /** 0 to 1. */
  readonly fraction: number;
  /** Something is nearly full. */
  readonly worry?: boolean;
}

/** How much of a whole. Only for the eye: the figure stands beside it in words. */
export function Bar({ fraction, worry = false }: BarProps) {
  return (
    <div aria-hidden className="h-2 overflow-hidden rounded-full bg-hover">
      <div
        className={clsx(
          'h-full rounded-full transition-[width] duration-500',
          worry ? 'bg-paused' : 'bg-accent',
        )}
        style={{ width: `${Math.min(1, Math.max(0, fraction)) * 100}%` }}
      />
    </div>
  );
}
