import { titled } from '@/components/i18n/request-language';
import { FirstRun } from '@/components/session/first-run';

export const generateMetadata = titled('session.firstRunTitle');

export default function FirstRunPage() {
  return <FirstRun />;
}
