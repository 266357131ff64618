import { ConsoleWindow } from '@/components/console/console-window';

/** Its title has the name of the machine, which the window sets once it knows it. */
export default async function ConsolePage({ params }: PageProps<'/machines/[id]/console'>) {
  const { id } = await params;
  return <ConsoleWindow id={id} />;
}
