'use client';

import { t } from '@/components/i18n/translate';
import { MessagePage } from '@/components/layout/message-page';

export default function PageError({ reset }: { readonly reset: () => void }) {
  return (
    <MessagePage
      title={t('common.pageFailed')}
      hint={t('common.unknownErrorHint')}
      onRetry={reset}
    />
  );
}
