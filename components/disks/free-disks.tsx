'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Disk } from '@/server/api/disks';
import { useDisks } from '../api/lists';
import { formatBytes } from '../i18n/format';
import { useReader } from '../i18n/language-provider';
import { useForbidden } from '../session/use-forbidden';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { type Column, DataTable } from '../ui/data-table';
import { Moment } from '../ui/moment';
import { toastError } from '../ui/toast-error';
import { deleteDisks } from './delete-disks';

/** Disks that belong to no machine, most of them left by machines that are gone. */
export function FreeDisks() {
  const { t, say } = useReader();
  const client = useQueryClient();
  const forbidden = useForbidden();
  const [leaving, setLeaving] = useState<Disk>();
  const free = (useDisks().data ?? []).filter(({ vmId }) => vmId === null);
  const remove = useMutation({
    mutationFn: async (disk: Disk) => {
      const failure = await deleteDisks(client, [disk]);
      if (failure !== undefined) throw failure.error;
    },
    onSettled: () => setLeaving(undefined),
    onError: (error, { name }) => toastError(t('vms.diskNotDeleted', { name }), error),
  });
  if (free.length === 0) return null;
  const columns: readonly Column<Disk>[] = [
    {
      key: 'name',
      title: t('machine.diskName'),
      wide: true,
      cell: ({ name, problem }) => (
        <span className="block truncate">
          <span className="font-medium">{name}</span>
          {problem && <span className="ml-2 text-crashed text-xs">{say(problem.detail)}</span>}
        </span>
      ),
    },
    {
      key: 'size',
      title: t('machine.diskSize'),
      figure: true,
      cell: ({ sizeBytes }) => formatBytes(sizeBytes),
    },
    {
      key: 'allocated',
      title: t('machine.diskAllocated'),
      figure: true,
      minor: true,
      cell: ({ allocatedBytes }) => (allocatedBytes === null ? '' : formatBytes(allocatedBytes)),
    },
    {
      key: 'made',
      title: t('images.added'),
      figure: true,
      minor: true,
      cell: ({ createdAt }) => <Moment iso={createdAt} />,
    },
    {
      key: 'actions',
      title: t('images.delete'),
      quiet: true,
      cell: (disk) => (
        <Button
          variant="ghost"
          size="iconSm"
          label={t('images.deleteOf', { name: disk.name })}
          disabledReason={forbidden}
          onClick={() => setLeaving(disk)}
        >
          <Trash2 aria-hidden />
        </Button>
      ),
    },
  ];
  return (
    <CardSection
      id="free-disks"
      title={t('images.freeDisks')}
      description={t('images.freeDisksHint')}
    >
      <div className="-mx-4 -mb-5 sm:-mx-5">
        <DataTable
          label={t('images.freeDisks')}
          columns={columns}
          rows={free}
          rowKey={({ id }) => id}
        />
      </div>
      {leaving && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setLeaving(undefined)}
          title={t('images.deleteTitle', { name: leaving.name })}
          body={t('images.freeDiskGone')}
          confirmLabel={t('images.delete')}
          pending={remove.isPending}
          onConfirm={() => remove.mutate(leaving)}
        />
      )}
    </CardSection>
  );
}
