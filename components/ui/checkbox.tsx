'use client';

import { type ComponentProps, useEffect, useRef } from 'react';

interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'ref' | 'className'> {
  /** What it stands for. */
  readonly label: string;
  /** Some of what it stands for, but not all. */
  readonly some?: boolean;
}

/** The browser's own, in the colour of the console, with room around it for a finger. */
export function Checkbox({ label, some = false, ...rest }: CheckboxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // There is no attribute for it.
    if (box.current !== null) box.current.indeterminate = some;
  }, [some]);
  return (
    <label className="-m-2 block cursor-pointer p-2 pointer-coarse:-m-3 pointer-coarse:p-3">
      <input
        {...rest}
        ref={box}
        type="checkbox"
        aria-label={label}
        className="block size-4 cursor-pointer accent-accent"
      />
    </label>
  );
}
