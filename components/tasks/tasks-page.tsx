'use client';

import { useMutation } from '@tanstack/react-query';
import { FileText, ListChecks, X } from 'lucide-react';
import { useState } from 'react';
import type { Task } from '@/server/api/tasks';
import { isUnfinished } from '@/server/api/unfinished-tasks';
import { request } from '../api/client';
import { useTasks } from '../api/lists';
import { formatDuration } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { useForbidden } from '../session/use-forbidden';
import { Button } from '../ui/button';
import { type Column, DataTable } from '../ui/data-table';
import { EmptyState } from '../ui/empty-state';
import { Moment } from '../ui/moment';
import { PagedCard } from '../ui/paged-card';
import { Select } from '../ui/select';
import { toast } from '../ui/toast';
import { toastError } from '../ui/toast-error';
import { useAddressValue } from '../ui/use-address-value';
import { TaskLogDialog } from './task-log-dialog';
import { TaskStateBadge } from './task-state';
import { useTaskWords } from './task-words';

const FILTERS = {
  '': 'tasks.filterAll',
  'queued,running': 'tasks.filterRunning',
  'failed,cancelled,interrupted': 'tasks.filterFailed',
} as const;

/** Long work: how it goes on, and how it ended. */
export function TasksPage() {
  const t = useText();
  const wordOf = useTaskWords();
  const [asked, setStates] = useAddressValue('state');
  const states = asked in FILTERS ? asked : '';
  const [shown, setShown] = useState<Task>();
  const pages = useTasks(states);
  const forbidden = useForbidden();
  const cancel = useMutation({
    mutationFn: (id: string) => request('POST', `/tasks/${encodeURIComponent(id)}/cancel`),
    onSuccess: () => toast('success', t('tasks.cancelAsked')),
    onError: (error) => toastError(t('tasks.cancelFailed'), error),
  });
  const columns: readonly Column<Task>[] = [
    {
      key: 'what',
      title: t('tasks.columnWhat'),
      cell: ({ kind }) => <span className="font-medium">{wordOf(kind)}</span>,
    },
    { key: 'of', title: t('tasks.columnOf'), wide: true, cell: ({ resource }) => resource.name },
    {
      key: 'state',
      title: t('tasks.columnState'),
      cell: (task) => <TaskStateBadge task={task} />,
    },
    {
      key: 'who',
      title: t('tasks.columnWho'),
      minor: true,
      cell: ({ user }) => user?.name ?? t('tasks.byConsole'),
    },
    {
      key: 'when',
      title: t('tasks.columnWhen'),
      minor: true,
      figure: true,
      cell: ({ createdAt }) => <Moment iso={createdAt} />,
    },
    { key: 'took', title: t('tasks.columnTook'), minor: true, figure: true, cell: tookOf },
    {
      key: 'actions',
      title: t('tasks.columnActions'),
      quiet: true,
      cell: (task) => (
        <span className="flex justify-end gap-1">
          <Button
            variant="ghost"
            size="iconSm"
            label={t('tasks.logOf', { name: task.resource.name })}
            onClick={() => setShown(task)}
          >
            <FileText aria-hidden />
          </Button>
          {isUnfinished(task.state) && (
            <Button
              variant="ghost"
              size="iconSm"
              label={t('tasks.cancel')}
              disabledReason={forbidden}
              onClick={() => cancel.mutate(task.id)}
            >
              <X aria-hidden />
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <>
      <PageHeader
        title={t('tasks.title')}
        description={t('tasks.intro')}
        actions={
          <Select
            aria-label={t('tasks.filter')}
            value={states}
            onChange={(event) => setStates(event.target.value)}
            className="w-44"
          >
            {Object.entries(FILTERS).map(([value, word]) => (
              <option key={value} value={value}>
                {t(word)}
              </option>
            ))}
          </Select>
        }
      />
      <PagedCard
        pages={pages}
        failed={t('tasks.failed')}
        empty={
          <EmptyState icon={<ListChecks />} title={t('tasks.emptyTitle')}>
            {t('tasks.emptyHint')}
          </EmptyState>
        }
      >
        <DataTable
          label={t('tasks.title')}
          columns={columns}
          rows={pages.items}
          rowKey={({ id }) => id}
        />
      </PagedCard>
      {shown && (
        <TaskLogDialog
          task={pages.items.find(({ id }) => id === shown.id) ?? shown}
          onClose={() => setShown(undefined)}
        />
      )}
    </>
  );
}

function tookOf({ startedAt, endedAt }: Task): string {
  if (startedAt === null) return '';
  const end = endedAt === null ? Date.now() : Date.parse(endedAt);
  return formatDuration(end - Date.parse(startedAt));
}
