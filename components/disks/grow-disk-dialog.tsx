'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { Disk } from '@/server/api/disks';
import { bodies } from '../api/bodies';
import { request } from '../api/client';
import { fieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

const GiB = 1024 ** 3;
const SECTOR_BYTES = 512;

interface GrowDiskDialogProps {
  readonly disk: Disk;
  readonly onClose: () => void;
}

/** Makes a disk larger, also while its machine runs. */
export function GrowDiskDialog({ disk, onClose }: GrowDiskDialogProps) {
  const t = useText();
  const form = useId();
  const client = useQueryClient();
  const [size, setSize] = useState(String(Math.round((disk.sizeBytes / GiB) * 100) / 100));
  const grow = useMutation({
    mutationFn: () => {
      const sizeBytes = Math.round((Number(size) * GiB) / SECTOR_BYTES) * SECTOR_BYTES;
      return request('POST', `/disks/${encodeURIComponent(disk.id)}/grow`, {
        body: { sizeBytes },
        bodySchema: bodies.diskGrowth,
      });
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: keys.disks }),
  });
  const errorOf = fieldErrors(grow.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    grow.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('machine.diskGrowOf', { name: disk.name })}
      description={t('machine.diskGrowHint')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={form} variant="primary" pending={grow.isPending}>
            {t('machine.diskGrow')}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {grow.error && <ErrorNotice title={t('machine.diskGrowFailed')} error={grow.error} />}
        <Field id={`${form}-size`} label={t('machine.diskSizeGib')} error={errorOf('sizeBytes')}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min="0"
              step="any"
              value={size}
              onChange={(event) => setSize(event.target.value)}
              autoFocus
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
