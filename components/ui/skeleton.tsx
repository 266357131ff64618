import { clsx } from 'clsx';

/** The place of something that is on its way. Give it the size of what will stand there. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={clsx('animate-breathe rounded-md bg-hover', className)} />;
}
