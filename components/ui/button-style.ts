import { clsx } from 'clsx';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'dangerGhost';
export type ButtonSize = 'sm' | 'md' | 'lg' | 'icon' | 'iconSm';

const BASE =
  'inline-flex select-none items-center justify-center gap-2 whitespace-nowrap rounded-md font-medium ' +
  'transition-colors duration-100 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 ' +
  'disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:shrink-0';

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary: 'bg-accent text-accent-ink shadow-lift not-aria-disabled:hover:bg-accent-hover',
  secondary: 'border border-line bg-raised text-ink shadow-lift not-aria-disabled:hover:bg-hover',
  ghost: 'text-muted not-aria-disabled:hover:bg-hover not-aria-disabled:hover:text-ink',
  danger: 'bg-danger text-danger-ink shadow-lift not-aria-disabled:hover:bg-danger-hover',
  dangerGhost: 'text-crashed not-aria-disabled:hover:bg-crashed-soft',
};

/** They grow to a finger's width on touch screens, where a row of small ones cannot be hit. */
const SIZES: Readonly<Record<ButtonSize, string>> = {
  sm: 'h-8 px-2.5 text-sm [&_svg]:size-4 pointer-coarse:h-10',
  md: 'h-9 px-3.5 text-sm [&_svg]:size-4 pointer-coarse:h-11',
  lg: 'h-11 px-5 text-base [&_svg]:size-5',
  icon: 'size-9 [&_svg]:size-[1.125rem] pointer-coarse:size-11',
  iconSm: 'size-8 [&_svg]:size-4 pointer-coarse:size-10',
};

/** For links that look like buttons, as well as for `Button`. */
export function buttonStyle(
  variant: ButtonVariant = 'secondary',
  size: ButtonSize = 'md',
  className?: string,
): string {
  return clsx(BASE, VARIANTS[variant], SIZES[size], className);
}
