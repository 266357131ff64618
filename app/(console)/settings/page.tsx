import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { SettingsPage } from '@/components/settings/settings-page';

export const metadata: Metadata = { title: t('settings.title') };

export default function Page() {
  return <SettingsPage />;
}
