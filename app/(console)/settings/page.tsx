import { titled } from '@/components/i18n/request-language';
import { SettingsPage } from '@/components/settings/settings-page';

export const generateMetadata = titled('settings.title');

export default function Page() {
  return <SettingsPage />;
}
