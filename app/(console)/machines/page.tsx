import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { VmList } from '@/components/vms/vm-list';

export const metadata: Metadata = { title: t('vms.title') };

export default function MachinesPage() {
  return <VmList />;
}
