'use client';

import { History } from 'lucide-react';
import type { VmEvent } from '@/server/api/vm-events';
import { useVmEvents } from '../api/lists';
import type { PlainKey } from '../i18n/catalogue';
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

const FIELDS: Readonly<Record<string, PlainKey>> = {
  name: 'create.name',
  notes: 'create.notes',
  tags: 'create.tags',
  config: 'machine.configuration',
};

/** In words where there are any: a cause, or what was changed; else the name of a reason. */
function Detail({ event }: { readonly event: VmEvent }) {
  const { t, say } = useReader();
  const { detail, fields, ...rest } = event.detail;
  const changed = typeof fields === 'string' && fields !== '' ? fields.split(', ') : [];
  return (
    <span className="text-muted">
      {typeof detail === 'string' && say(detail)}
      {changed
        .map((field) => {
          const words = FIELDS[field];
          return words === undefined ? field : t(words);
        })
        .join(', ')}
      {Object.entries(rest).map(([name, value]) => (
        <code key={name} className="font-mono text-xs">
          {value}
        </code>
      ))}
    </span>
  );
}
