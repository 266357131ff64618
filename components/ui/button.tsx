'use client';

import type { ComponentProps, MouseEvent } from 'react';
import { useId } from 'react';
import { type ButtonSize, type ButtonVariant, buttonStyle } from './button-style';
import { Spinner } from './spinner';
import { toast } from './toast';
import { Tooltip } from './tooltip';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** Its work is going on: a spinner, and no second press. */
  readonly pending?: boolean | undefined;
  /** Why it cannot be pressed now. The button stays reachable, so that everybody can read it. */
  readonly disabledReason?: string | undefined;
  /** What a button that shows only an icon does; its name and its tooltip. */
  readonly label?: string | undefined;
}

export function Button({
  variant,
  size,
  pending = false,
  disabledReason,
  label,
  className,
  onClick,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const blocked = pending || disabledReason !== undefined;
  // aria-disabled and not disabled: a disabled button gets no focus, no pointer and no tooltip.
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (!blocked) {
      onClick?.(event);
      return;
    }
    event.preventDefault();
    // A finger opens no tooltip.
    if (disabledReason !== undefined) toast('info', disabledReason, { id: disabledReason });
  };
  return (
    <Tooltip content={disabledReason ?? label}>
      <button
        {...rest}
        type={type}
        className={buttonStyle(variant, size, className)}
        aria-disabled={blocked || undefined}
        aria-busy={pending || undefined}
        aria-label={label}
        aria-describedby={disabledReason === undefined ? rest['aria-describedby'] : reasonId}
        onClick={press}
      >
        {pending && <Spinner />}
        {/* An icon alone gives its place to the spinner, so that the button keeps its width. */}
        {!(pending && label !== undefined) && children}
        {disabledReason !== undefined && (
          <span id={reasonId} hidden>
            {disabledReason}
          </span>
        )}
      </button>
    </Tooltip>
  );
}
