'use client';

import { History } from 'lucide-react';
import type { VmEvent } from '@/server/api/vm-events';
import { useVmEvents } from '../api/lists';
import { useReader } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { type Column, DataTable } from '../ui/data-table';
import { EmptyState } from '../ui/empty-state';
import { Moment } from '../ui/moment';
import { PagedCard } from '../ui/paged-card';
import { EventBadge } from '../vms/event-badge';

/** What happened to a machine. */
export function MachineEvents({ id }: { readonly id: string }) {
  const t = useText();
  const pages = useVmEvents(id);
  const columns: readonly Column<VmEvent>[] = [
    {
      key: 'when',
      title: t('machine.eventWhen'),
      cell: ({ at }) => <Moment iso={at} />,
    },
    {
      key: 'what',
      title: t('machine.eventWhat'),
      cell: ({ kind }) => <EventBadge kind={kind} />,
    },
    {
      key: 'detail',
      title: t('machine.eventDetail'),
      wide: true,
      cell: (event) => <Detail event={event} />,
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

/** In words where there are any: a cause; else what was changed, or the name of a reason. */
function Detail({ event }: { readonly event: VmEvent }) {
  const { say } = useReader();
  const { detail, ...rest } = event.detail;
  return (
    <span className="text-muted">
      {typeof detail === 'string' && say(detail)}
      {Object.entries(rest).map(([name, value]) => (
        <code key={name} className="font-mono text-xs">
          {value}
        </code>
      ))}
    </span>
  );
}
