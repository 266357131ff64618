import { t } from '@/components/i18n/translate';
import { MessagePage } from '@/components/layout/message-page';

export default function NotFound() {
  return <MessagePage title={t('common.notFoundTitle')} hint={t('common.notFoundHint')} />;
}
