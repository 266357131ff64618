'use client';

import { useText } from '@/components/i18n/use-text';
import { MessagePage } from '@/components/layout/message-page';

export default function PageError({ reset }: { readonly reset: () => void }) {
  const t = useText();
  return (
    <MessagePage
      title={t('common.pageFailed')}
      hint={t('common.unknownErrorHint')}
      onRetry={reset}
    />
  );
}
