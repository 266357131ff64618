import { HostPage as Host } from '@/components/host/host-page';
import { titled } from '@/components/i18n/request-language';

export const generateMetadata = titled('host.title');

export default function HostPage() {
  return <Host />;
}
