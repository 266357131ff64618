import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { FirstRun } from '@/components/session/first-run';

export const metadata: Metadata = { title: t('session.firstRunTitle') };

export default function FirstRunPage() {
  return <FirstRun />;
}
