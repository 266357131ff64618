import { titled } from '@/components/i18n/request-language';
import { MachineView } from '@/components/machine/machine-view';

/** The name is known once the page has asked for it; it sets the title then. */
export const generateMetadata = titled('machine.title');

export default async function MachinePage({ params }: PageProps<'/machines/[id]'>) {
  const { id } = await params;
  return <MachineView id={id} />;
}
