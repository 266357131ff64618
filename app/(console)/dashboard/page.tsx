import type { Metadata } from 'next';
import { DashboardPage } from '@/components/dashboard/dashboard-page';
import { t } from '@/components/i18n/translate';

export const metadata: Metadata = { title: t('dashboard.title') };

export default function Page() {
  return <DashboardPage />;
}
