'use client';

import { clsx } from 'clsx';

interface KeysProps {
  readonly keys: string;
  readonly className?: string;
  /** Only for the eye: what it stands at has a name already. */
  readonly quiet?: boolean;
}

/** A shortcut as it stands on the keys. */
export function Keys({ keys, className, quiet = false }: KeysProps) {
  return (
    <span
      aria-hidden={quiet || undefined}
      className={clsx('inline-flex shrink-0 gap-1', className)}
    >
      {caps(keys).map((cap) => (
        <kbd
          key={cap}
          className="grid h-5 min-w-5 place-items-center rounded-sm border border-line bg-sunken px-1 font-sans text-muted text-xs"
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}

function caps(keys: string): string[] {
  return keys
    .replace('mod+', isMac() ? '⌘ ' : 'Ctrl ')
    .split(' ')
    .map((cap) => (cap.length === 1 ? cap.toUpperCase() : cap));
}

function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
}
