import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center sm:py-20">
      <div
        aria-hidden
        className="mb-5 grid size-14 place-items-center rounded-xl bg-accent-soft text-accent-text [&_svg]:size-7"
      >
        {icon}
      </div>
      <h2 className="font-semibold text-lg">{title}</h2>
      {children && (
        <div className="mt-1.5 max-w-[30rem] text-pretty text-base text-muted">{children}</div>
      )}
      {actions && (
        <div className="mt-6 flex flex-wrap items-center justify-center gap-2.5">{actions}</div>
      )}
    </div>
  );
}
