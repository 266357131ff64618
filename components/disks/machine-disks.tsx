'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { HardDrive, Plus, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { Disk } from '@/server/api/disks';
import type { Vm } from '@/server/api/vms';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import { useDisks } from '../api/lists';
import { formatBytes } from '../i18n/format';
import { useReader } from '../i18n/language-provider';
import { useForbidden } from '../session/use-forbidden';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { type Column, DataTable } from '../ui/data-table';
import { ErrorNotice } from '../ui/error-notice';
import { onDemand } from '../ui/on-demand';
import { Skeleton } from '../ui/skeleton';
import { toastError } from '../ui/toast-error';
import { toastUndo } from '../ui/toast-undo';
import { attachDisk } from './make-disk';

const AddDiskDialog = onDemand(() =>
  import('./add-disk-dialog').then((module) => module.AddDiskDialog),
);
const GrowDiskDialog = onDemand(() =>
  import('./grow-disk-dialog').then((module) => module.GrowDiskDialog),
);

/** The disks of a machine, in the order in which its guest finds them. */
export function MachineDisks({ vm }: { readonly vm: Vm }) {
  const { t, say } = useReader();
  const client = useQueryClient();
  const query = useDisks();
  const { data: disks, refetch, isFetching } = query;
  const error = errorToShow(query);
  const forbidden = useForbidden();
  const [isAdding, setIsAdding] = useState(false);
  const [growing, setGrowing] = useState<Disk>();
  const own = disks
    ?.filter(({ vmId }) => vmId === vm.id)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  const detach = useMutation({
    mutationFn: ({ id }: Disk) => request('POST', `/disks/${encodeURIComponent(id)}/detach`),
    onSuccess: (_answer, { id, name, position }) =>
      toastUndo(t('machine.diskDetached', { name }), async () => {
        await attachDisk(id, vm.id, position);
        await client.invalidateQueries({ queryKey: keys.disks });
      }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.disks }),
    onError: (failure) => toastError(t('machine.diskDetachFailed'), failure),
  });
  const isOff = vm.state === 'stopped' || vm.state === 'crashed';
  const notNow = forbidden ?? (isOff ? undefined : t('machine.diskOnlyStopped'));
  const columns: readonly Column<Disk>[] = [
    {
      key: 'name',
      title: t('machine.diskName'),
      wide: true,
      cell: ({ name, readOnly, problem }) => (
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          {readOnly && <Badge>{t('machine.diskReadOnly')}</Badge>}
          {problem && <span className="truncate text-crashed text-xs">{say(problem.detail)}</span>}
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
      key: 'actions',
      title: t('machine.diskActions'),
      quiet: true,
      cell: (disk) => (
        <span className="flex justify-end gap-1">
          <Button
            variant="ghost"
            size="sm"
            disabledReason={forbidden}
            onClick={() => setGrowing(disk)}
          >
            {t('machine.diskGrow')}
          </Button>
          <Button
            variant="ghost"
            size="iconSm"
            label={t('machine.diskDetach', { name: disk.name })}
            disabledReason={notNow}
            onClick={() => detach.mutate(disk)}
          >
            <Unplug aria-hidden />
          </Button>
        </span>
      ),
    },
  ];
  return (
    <CardSection
      id="disks"
      title={t('machine.disks')}
      description={t('machine.disksHint')}
      actions={
        <Button disabledReason={notNow} onClick={() => setIsAdding(true)}>
          <Plus aria-hidden /> {t('machine.diskAdd')}
        </Button>
      }
    >
      {error && (
        <ErrorNotice
          title={t('machine.disksFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {own === undefined && error === null && <Skeleton className="h-24" />}
      {own?.length === 0 && (
        <p className="flex items-center gap-2 text-muted">
          <HardDrive aria-hidden className="size-4" /> {t('machine.disksNone')}
        </p>
      )}
      {own && own.length > 0 && (
        <div className="-mx-4 -mb-5 sm:-mx-5">
          <DataTable
            label={t('machine.disks')}
            columns={columns}
            rows={own}
            rowKey={({ id }) => id}
          />
        </div>
      )}
      {isAdding && <AddDiskDialog vm={vm} disks={disks ?? []} onClose={() => setIsAdding(false)} />}
      {growing && <GrowDiskDialog disk={growing} onClose={() => setGrowing(undefined)} />}
    </CardSection>
  );
}
