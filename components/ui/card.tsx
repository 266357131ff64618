import { clsx } from 'clsx';
import type { ReactNode } from 'react';

interface CardProps {
  readonly className?: string;
  readonly children: ReactNode;
}

/** A surface. `CardSection` gives it a heading and room. */
export function Card({ className, children }: CardProps) {
  return (
    <div className={clsx('rounded-lg border border-line bg-surface shadow-lift', className)}>
      {children}
    </div>
  );
}

interface CardSectionProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** At the right of the heading. */
  readonly actions?: ReactNode;
  readonly id?: string;
  readonly className?: string;
  readonly children?: ReactNode;
}

export function CardSection({
  title,
  description,
  actions,
  id,
  className,
  children,
}: CardSectionProps) {
  return (
    <section
      className={clsx(
        'scroll-mt-20 rounded-lg border border-line bg-surface shadow-lift',
        className,
      )}
      {...(id === undefined ? {} : { id, 'aria-labelledby': `${id}-title` })}
    >
      <header
        className={clsx(
          'flex flex-wrap justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-5',
          description ? 'items-start' : 'items-center',
        )}
      >
        <div className="min-w-0">
          <h2 id={id === undefined ? undefined : `${id}-title`} className="font-semibold text-base">
            {title}
          </h2>
          {description && <p className="mt-0.5 text-muted text-sm">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      <div className="px-4 pt-4 pb-5 sm:px-5">{children}</div>
    </section>
  );
}
