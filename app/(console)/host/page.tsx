import type { Metadata } from 'next';
import { HostPage as Host } from '@/components/host/host-page';
import { t } from '@/components/i18n/translate';

export const metadata: Metadata = { title: t('host.title') };

export default function HostPage() {
  return <Host />;
}
