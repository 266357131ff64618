'use client';

import { useVms } from '../api/queries';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { Skeleton } from '../ui/skeleton';
import { CreateForm } from './create-form';
import { nextName } from './next-name';

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
