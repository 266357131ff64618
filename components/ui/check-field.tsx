'use client';

import { type ComponentProps, useId } from 'react';

interface CheckFieldProps extends Omit<ComponentProps<'input'>, 'type' | 'className'> {
  readonly label: string;
  readonly hint?: string;
}

/** Something that is on or off, with its words beside it. */
export function CheckField({ label, hint, ...rest }: CheckFieldProps) {
  const hintId = useId();
  return (
    <label className="flex cursor-pointer items-start gap-3">
      <input
        {...rest}
        type="checkbox"
        aria-describedby={hint === undefined ? undefined : hintId}
        className="mt-0.5 size-4 shrink-0 cursor-pointer accent-accent"
      />
      <span>
        <span className="block font-medium text-sm">{label}</span>
        {hint !== undefined && (
          <span id={hintId} className="block text-faint text-xs">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
