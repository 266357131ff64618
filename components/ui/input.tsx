import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

/** Sixteen pixels on touch screens: below that, iOS zooms into the field. */
export const CONTROL =
  'h-10 w-full rounded-md border border-line-strong bg-surface px-3 text-base text-ink shadow-lift transition-colors ' +
  'placeholder:text-faint hover:border-muted focus-visible:border-accent-text focus-visible:outline-2 focus-visible:outline-offset-0 ' +
  'aria-invalid:border-crashed disabled:cursor-not-allowed disabled:opacity-60 pointer-coarse:text-[16px]';

interface InputProps extends ComponentProps<'input'> {
  /** Figures and code. */
  readonly mono?: boolean;
}

export function Input({ mono = false, className, ...rest }: InputProps) {
  return <input {...rest} className={clsx(CONTROL, mono && 'font-mono text-sm', className)} />;
}

/** More than a line; it grows with what is written, where the browser can do that. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...rest}
      className={clsx(
        CONTROL,
        'block field-sizing-content h-auto min-h-10 resize-y py-2',
        className,
      )}
    />
  );
}
