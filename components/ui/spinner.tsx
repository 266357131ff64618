import { clsx } from 'clsx';
import { LoaderCircle } from 'lucide-react';

interface SpinnerProps {
  readonly className?: string;
  /** Said by screen readers; leave it out where words beside the spinner say it already. */
  readonly label?: string;
}

export function Spinner({ className, label }: SpinnerProps) {
  return (
    <span className="inline-flex" {...(label ? { role: 'status' } : {})}>
      <LoaderCircle
        aria-hidden
        className={clsx('keep-motion shrink-0 animate-spin', className ?? 'size-4')}
      />
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}
