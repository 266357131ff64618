import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type Tone = 'neutral' | 'accent' | 'running' | 'paused' | 'busy' | 'crashed';

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-stopped-soft text-stopped',
  accent: 'bg-accent-soft text-accent-text',
  running: 'bg-running-soft text-running',
  paused: 'bg-paused-soft text-paused',
  busy: 'bg-busy-soft text-busy',
  crashed: 'bg-crashed-soft text-crashed',
};

interface BadgeProps {
  readonly tone?: Tone;
  readonly icon?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Badge({ tone = 'neutral', icon, className, children }: BadgeProps) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap rounded-full py-0.5 pr-2.5 font-medium text-xs [&_svg]:size-3.5 [&_svg]:shrink-0',
        icon ? 'pl-1.5' : 'pl-2.5',
        TONES[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}
