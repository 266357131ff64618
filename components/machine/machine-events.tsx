'use client';

import { History } from 'lucide-react';
import type { VmEvent } from '@/server/api/vm-events';
import { useVmEvents } from '../api/lists';
import { useReader } from '../i18n/language-provider';
import type { Reader } from '../i18n/reader';
import { type Column, DataTable } from '../ui/data-table';
import { EmptyState } from '../ui/empty-state';
import { Moment } from '../ui/moment';
import { PagedCard } from '../ui/paged-card';
import { useEventWords } from '../vms/event-words';

/** What happened to a machine. */
export function MachineEvents({ id }: { readonly id: string }) {
  const { t, say } = useReader();
  const pages = useVmEvents(id);
  const wordOf = useEventWords();
  const columns: readonly Column<VmEvent>[] = [
    {
      key: 'when',
      title: t('machine.eventWhen'),
      cell: ({ at }) => <Moment iso={at} />,
    },
    {
      key: 'what',
      title: t('machine.eventWhat'),
      cell: ({ kind }) => <span className="font-medium">{wordOf(kind)}</span>,
    },
    {
      key: 'detail',
      title: t('machine.eventDetail'),
      wide: true,
      cell: (event) => detailOf(event, say),
    },
  ];
  return (
    <PagedCard
      pages={pages}
      failed={t('machine.eventsFailed')}
      empty={
        <EmptyState icon={<History />} title={t('machine.eventsNone')}>
          {t('machine.eventsNoneHint')}
        </EmptyState>
      }
    >
      <DataTable
        label={t('machine.tabEvents')}
        columns={columns}
        rows={pages.items}
        rowKey={({ id: of }) => of}
      />
    </PagedCard>
  );
}

function detailOf({ kind, detail }: VmEvent, say: Reader['say']): string {
  // A sentence needs no name before it.
  if (kind === 'problem') return say(String(detail['detail'] ?? ''));
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}
