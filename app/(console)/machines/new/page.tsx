import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { CreatePage } from '@/components/vms/create-page';

export const metadata: Metadata = { title: t('create.title') };

export default function NewMachinePage() {
  return <CreatePage />;
}
