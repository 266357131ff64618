import { DashboardPage } from '@/components/dashboard/dashboard-page';
import { titled } from '@/components/i18n/request-language';

export const generateMetadata = titled('dashboard.title');

export default function Page() {
  return <DashboardPage />;
}
