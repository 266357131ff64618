import { titled } from '@/components/i18n/request-language';
import { VmList } from '@/components/vms/list/vm-list';

export const generateMetadata = titled('vms.title');

export default function MachinesPage() {
  return <VmList />;
}
