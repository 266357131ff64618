import { titled } from '@/components/i18n/request-language';
import { CreatePage } from '@/components/vms/create/create-page';

export const generateMetadata = titled('create.title');

export default function NewMachinePage() {
  return <CreatePage />;
}
