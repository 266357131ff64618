import { AuditPage } from '@/components/audit/audit-page';
import { titled } from '@/components/i18n/request-language';

export const generateMetadata = titled('audit.title');

export default function Page() {
  return <AuditPage />;
}
