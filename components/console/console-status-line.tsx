'use client';

import { clsx } from 'clsx';
import type { TextKey } from '@/components/i18n/catalogue';
import { useText } from '@/components/i18n/use-text';
import { Button } from '@/components/ui/button';
import { Spinner } from '@/components/ui/spinner';
import type { ConsoleStatus } from './console-connection';

type Phase = ConsoleStatus['phase'];

const WORDS = {
  idle: 'machine.statusIdle',
  connecting: 'machine.statusConnecting',
  attached: 'machine.statusAttached',
  live: 'machine.statusLive',
  retrying: 'machine.statusRetrying',
  ended: 'machine.statusEnded',
  refused: 'machine.statusRefused',
} as const satisfies Record<Phase, TextKey>;

const DOTS: Readonly<Partial<Record<Phase, string>>> = {
  live: 'bg-running',
  ended: 'bg-stopped',
  idle: 'bg-stopped',
  refused: 'bg-crashed',
};

interface ConsoleStatusLineProps {
  readonly status: ConsoleStatus;
  readonly onRetry: () => void;
}

/** How the page stands to the console, in a word and a colour. */
export function ConsoleStatusLine({ status, onRetry }: ConsoleStatusLineProps) {
  const t = useText();
  const dot = DOTS[status.phase];
  return (
    <div className="flex min-w-0 items-center gap-2 text-muted text-sm">
      <p role="status" className="flex min-w-0 items-center gap-2">
        {dot === undefined ? (
          <Spinner className="size-3.5" />
        ) : (
          <span aria-hidden className={clsx('size-2 shrink-0 rounded-full', dot)} />
        )}
        <span className={clsx('truncate', dot !== undefined && 'max-sm:sr-only')}>
          {t(WORDS[status.phase])}
        </span>
      </p>
      {status.phase === 'retrying' && (
        <Button variant="ghost" size="sm" onClick={onRetry}>
          {t('machine.tryNow')}
        </Button>
      )}
    </div>
  );
}
