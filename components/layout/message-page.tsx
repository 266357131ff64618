'use client';

import Link from 'next/link';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { LogoMark } from './logo';

interface MessagePageProps {
  readonly title: string;
  readonly hint: string;
  /** Beside the way to the machines. */
  readonly onRetry?: () => void;
}

/** A page that has only this to say. */
export function MessagePage({ title, hint, onRetry }: MessagePageProps) {
  const t = useText();
  return (
    <main className="mx-auto flex min-h-[80dvh] max-w-[26rem] flex-col items-start justify-center px-4">
      <LogoMark className="mb-5 size-12" />
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      <p className="mt-1.5 text-base text-muted">{hint}</p>
      <div className="mt-6 flex flex-wrap gap-2">
        {onRetry && (
          <button type="button" onClick={onRetry} className={buttonStyle('primary')}>
            {t('common.retry')}
          </button>
        )}
        <Link href="/machines" className={buttonStyle(onRetry ? 'secondary' : 'primary')}>
          {t('common.toMachines')}
        </Link>
      </div>
    </main>
  );
}
