import type { Metadata } from 'next';
import { AuditPage } from '@/components/audit/audit-page';
import { t } from '@/components/i18n/translate';

export const metadata: Metadata = { title: t('audit.title') };

export default function Page() {
  return <AuditPage />;
}
