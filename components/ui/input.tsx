import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

/** Sixteen pixels on touch screens: below that, iOS zooms into the field. */
export const CONTROL =
  'h-9 w-full rounded-md border border-line-strong bg-surface px-3 text-sm text-ink shadow-lift transition-colors ' +
  'placeholder:text-faint hover:border-muted focus-visible:border-accent-text focus-visible:outline-2 focus-visible:outline-offset-0 ' +
  'aria-invalid:border-crashed disabled:cursor-not-allowed disabled:opacity-60 pointer-coarse:h-11 pointer-coarse:text-[16px]';

interface InputProps extends ComponentProps<'input'> {
  /** Figures and code. */
  readonly mono?: boolean;
}

export function Input({ mono = false, className, ...rest }: InputProps) {
  return <input {...rest} className={clsx(CONTROL, mono && 'font-mono', className)} />;
}

/** More than a line; it grows with what is written, where the browser can do that. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...rest}
      className={clsx(
        CONTROL,
        'block field-sizing-content h-auto min-h-9 resize-y py-1.5 pointer-coarse:h-auto pointer-coarse:min-h-11 pointer-coarse:py-2.5',
        className,
      )}
    />
  );
}
