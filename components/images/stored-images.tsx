'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, HardDriveDownload, Trash2, Upload } from 'lucide-react';
import { useState } from 'react';
import type { StoredImage } from '@/server/api/images';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import { useStoredImages } from '../api/lists';
import { formatBytes } from '../i18n/format';
import { useReader } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { useForbidden } from '../session/use-forbidden';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { type Column, DataTable } from '../ui/data-table';
import { ErrorNotice } from '../ui/error-notice';
import { Moment } from '../ui/moment';
import { onDemand } from '../ui/on-demand';
import { Skeleton } from '../ui/skeleton';
import { Spinner } from '../ui/spinner';
import { toastError } from '../ui/toast-error';
import type { AddFrom } from './add-image-dialog';
import { KIND_WORDS } from './image-kinds';

const AddImageDialog = onDemand(() =>
  import('./add-image-dialog').then((module) => module.AddImageDialog),
);

/** Images that people brought. */
export function StoredImages() {
  const { t, say } = useReader();
  const client = useQueryClient();
  const query = useStoredImages();
  const { data: images, refetch, isFetching } = query;
  const error = errorToShow(query);
  const forbidden = useForbidden();
  const [adding, setAdding] = useState<AddFrom>();
  const [leaving, setLeaving] = useState<StoredImage>();
  const remove = useMutation({
    mutationFn: (id: string) => request('DELETE', `/images/${encodeURIComponent(id)}`),
    onSettled: () => {
      setLeaving(undefined);
      return client.invalidateQueries({ queryKey: keys.storedImages });
    },
    onError: (failure) => toastError(t('images.deleteFailed'), failure),
  });
  const columns: readonly Column<StoredImage>[] = [
    {
      key: 'name',
      title: t('images.name'),
      wide: true,
      cell: ({ name, problem }) => (
        <span className="block truncate">
          <span className="font-medium">{name}</span>
          {problem && <span className="ml-2 text-crashed text-xs">{say(problem.detail)}</span>}
        </span>
      ),
    },
    {
      key: 'kind',
      title: t('images.kind'),
      minor: true,
      cell: ({ kind }) => t(KIND_WORDS[kind]),
    },
    { key: 'state', title: t('images.state'), cell: (image) => <StoredState image={image} /> },
    {
      key: 'size',
      title: t('images.size'),
      figure: true,
      cell: ({ sizeBytes }) => (sizeBytes === 0 ? '' : formatBytes(sizeBytes)),
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
      cell: (image) => (
        <Button
          variant="ghost"
          size="iconSm"
          label={t('images.deleteOf', { name: image.name })}
          disabledReason={forbidden}
          onClick={() => setLeaving(image)}
        >
          <Trash2 aria-hidden />
        </Button>
      ),
    },
  ];
  return (
    <CardSection
      id="stored"
      title={t('images.stored')}
      description={t('images.storedHint')}
      actions={
        <>
          <Button disabledReason={forbidden} onClick={() => setAdding('file')}>
            <Upload aria-hidden /> {t('images.upload')}
          </Button>
          <Button disabledReason={forbidden} onClick={() => setAdding('address')}>
            <HardDriveDownload aria-hidden /> {t('images.import')}
          </Button>
        </>
      }
    >
      {error && (
        <ErrorNotice
          title={t('images.listFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {images === undefined && error === null && <Skeleton className="h-24" />}
      {images?.length === 0 && <p className="text-muted">{t('images.storedNone')}</p>}
      {images && images.length > 0 && (
        <div className="-mx-4 -mb-5 sm:-mx-5">
          <DataTable
            label={t('images.stored')}
            columns={columns}
            rows={images}
            rowKey={({ id }) => id}
          />
        </div>
      )}
      {adding && <AddImageDialog from={adding} onClose={() => setAdding(undefined)} />}
      {leaving && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setLeaving(undefined)}
          title={t('images.deleteTitle', { name: leaving.name })}
          body={t('images.deleteBody')}
          confirmLabel={t('images.delete')}
          pending={remove.isPending}
          onConfirm={() => remove.mutate(leaving.id)}
        />
      )}
    </CardSection>
  );
}

function StoredState({ image }: { readonly image: StoredImage }) {
  const t = useText();
  switch (image.state) {
    case 'ready':
      return (
        <Badge tone="running" icon={<CircleCheck aria-hidden />}>
          {t('images.ready')}
        </Badge>
      );
    case 'waiting':
      return (
        <Badge tone="busy" icon={<Spinner />}>
          {t('images.making')}
        </Badge>
      );
    case 'failed':
      return (
        <Badge tone="crashed" icon={<CircleAlert aria-hidden />}>
          {t('tasks.failedState')}
        </Badge>
      );
  }
}
