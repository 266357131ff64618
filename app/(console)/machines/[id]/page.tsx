import { MachineView } from '@/components/machine/machine-view';

/** Its title has the name of the machine, which the view sets once it knows it. */
export default async function MachinePage({ params }: PageProps<'/machines/[id]'>) {
  const { id } = await params;
  return <MachineView id={id} />;
}
