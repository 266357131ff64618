import { clsx } from 'clsx';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

type NoticeTone = 'info' | 'warning' | 'error';

const LOOK = {
  info: { icon: Info, box: 'border-busy/25 bg-busy-soft', mark: 'text-busy' },
  warning: { icon: TriangleAlert, box: 'border-paused/25 bg-paused-soft', mark: 'text-paused' },
  error: { icon: CircleAlert, box: 'border-crashed/25 bg-crashed-soft', mark: 'text-crashed' },
} as const;

interface NoticeProps {
  readonly tone: NoticeTone;
  readonly title: ReactNode;
  /** Cause and next step. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string;
}

export function Notice({ tone, title, children, actions, className }: NoticeProps) {
  const { icon: Icon, box, mark } = LOOK[tone];
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={clsx('flex items-start gap-3 rounded-lg border px-4 py-3', box, className)}
    >
      <Icon aria-hidden className={clsx('mt-px size-[1.125rem] shrink-0', mark)} />
      <div className="flex min-w-0 flex-1 flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 max-w-[80ch] break-words">
          <p className="font-medium">{title}</p>
          {children && <div className="mt-0.5 text-muted">{children}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
