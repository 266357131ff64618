import { requestText } from '@/components/i18n/request-language';
import { MessagePage } from '@/components/layout/message-page';

export default async function NotFound() {
  const t = await requestText();
  return <MessagePage title={t('common.notFoundTitle')} hint={t('common.notFoundHint')} />;
}
