'use client';

import dynamic from 'next/dynamic';
import { useVms } from '../../api/queries';
import { useText } from '../../i18n/use-text';
import { PageHeader } from '../../layout/page-header';
import { Skeleton } from '../../ui/skeleton';
import { nextName } from '../next-name';

/** A form brings the schema that checks it, which the frame of the page need not wait for. */
const CreateForm = dynamic(() => import('./create-form').then((module) => module.CreateForm), {
  loading: () => <Skeleton className="h-[30rem]" />,
});

export function CreatePage() {
  const t = useText();
  const { data: vms, isPending } = useVms();
  return (
    <>
      <PageHeader title={t('create.title')} />
      {/* Its proposal for a name wants to know the others; without an answer, any name may do. */}
      {isPending ? (
        <Skeleton className="h-[30rem]" />
      ) : (
        <CreateForm name={nextName(vms?.map(({ name }) => name) ?? [])} />
      )}
    </>
  );
}
