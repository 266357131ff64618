import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { MachineView } from '@/components/machine/machine-view';

/** The name is known once the page has asked for it; it sets the title then. */
export const metadata: Metadata = { title: t('machine.title') };

export default async function MachinePage({ params }: PageProps<'/machines/[id]'>) {
  const { id } = await params;
  return <MachineView id={id} />;
}
