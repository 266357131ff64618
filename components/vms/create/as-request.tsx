'use client';

import { ChevronRight } from 'lucide-react';
import { useSession } from '../../api/queries';
import { useText } from '../../i18n/use-text';
import { CopyButton } from '../../ui/copy-button';
import { toVm } from '../form/vm-values';
import { asCurl } from './as-curl';
import type { CreateValues } from './create-values';

/** What the form will send, for scripts. */
export function AsRequest({ values }: { readonly values: CreateValues }) {
  const t = useText();
  const userName = useSession().data?.user?.name ?? '';
  const hasDisks = values.disks.length > 0;
  const text = asCurl(window.location.origin, userName, { ...toVm(values), start: !hasDisks });
  return (
    <details className="group">
      <summary className="flex list-none items-center gap-1.5 rounded-md font-medium text-muted text-sm hover:text-ink">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        {t('create.asRequest')}
      </summary>
      <div className="mt-1.5 flex items-center justify-between gap-2">
        <p className="text-faint text-xs">
          {t('create.asRequestHint')} {hasDisks && t('create.asRequestDisks')}
        </p>
        <CopyButton text={text} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there
        tabIndex={0}
        className="mt-1.5 max-h-72 overflow-auto rounded-md border border-line bg-sunken p-3 font-mono text-xs leading-relaxed"
      >
        {text}
      </pre>
    </details>
  );
}
