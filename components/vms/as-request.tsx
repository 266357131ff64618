'use client';

import { ChevronRight } from 'lucide-react';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { CopyButton } from '../ui/copy-button';
import { asCurl } from './as-curl';
import { type CreateValues, toRequest } from './create-values';

/** What the form will send, for scripts. */
export function AsRequest({ values }: { readonly values: CreateValues }) {
  const t = useText();
  const userName = useSession().data?.user?.name ?? '';
  const text = asCurl(window.location.origin, userName, toRequest(values, true));
  return (
    <details className="group">
      <summary className="flex list-none items-center gap-1.5 rounded-md font-medium text-muted text-sm hover:text-ink">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        {t('create.asRequest')}
      </summary>
      <p className="mt-2 text-faint text-xs">{t('create.asRequestHint')}</p>
      <div className="relative mt-2">
        <pre
          // It scrolls, so the keyboard has to get there.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region needs the focus
          tabIndex={0}
          className="max-h-80 overflow-auto rounded-md border border-line bg-sunken p-3 pr-12 font-mono text-xs leading-relaxed"
        >
          {text}
        </pre>
        <div className="absolute top-1 right-1">
          <CopyButton text={text} label={t('common.copy')} />
        </div>
      </div>
    </details>
  );
}
