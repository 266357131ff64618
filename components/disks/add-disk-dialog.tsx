'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { Disk } from '@/server/api/disks';
import type { Vm } from '@/server/api/vms';
import { fieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { useStoredImages } from '../api/lists';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { toast } from '../ui/toast';
import { diskBytesOf } from '../vms/form/vm-values';
import { freeDiskName } from './disk-name';
import { attachDisk, makeDisk } from './make-disk';

const FIRST_SIZE_GIB = '4';

type From = 'empty' | 'image' | 'disk';

interface AddDiskDialogProps {
  readonly vm: Vm;
  readonly disks: readonly Disk[];
  readonly onClose: () => void;
}

/** Gives a machine a disk: a new one, a copy of an image, or one that is free. */
export function AddDiskDialog({ vm, disks, onClose }: AddDiskDialogProps) {
  const free = disks.filter(({ vmId, state }) => vmId === null && state === 'ready');
  const t = useText();
  const form = useId();
  const client = useQueryClient();
  const images = (useStoredImages().data ?? []).filter(
    ({ kind, state }) => kind === 'disk' && state === 'ready',
  );
  const [from, setFrom] = useState<From>('empty');
  const [name, setName] = useState(() =>
    freeDiskName(
      vm.name,
      disks.map((disk) => disk.name),
    ),
  );
  const [size, setSize] = useState(FIRST_SIZE_GIB);
  const [imageId, setImageId] = useState('');
  const [diskId, setDiskId] = useState('');
  const add = useMutation({
    mutationFn: async () => {
      const id = from === 'disk' ? diskId : await make();
      await attachDisk(id, vm.id);
    },
    onSuccess: () => {
      toast('success', t('machine.diskAdded'));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.disks }),
  });
  const make = (): Promise<string> => {
    const sizeBytes = diskBytesOf(size);
    if (from === 'empty') return makeDisk({ from, name, sizeBytes });
    return makeDisk({ from: 'image', name, imageId, ...(size === '' ? {} : { sizeBytes }) });
  };
  const errorOf = fieldErrors(add.error);
  const missing =
    (from === 'image' && imageId === '') || (from === 'disk' && diskId === '')
      ? t('machine.diskChoose')
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === undefined) add.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('machine.diskAdd')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            pending={add.isPending}
            disabledReason={missing}
          >
            {t('machine.diskAdd')}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {add.error && <ErrorNotice title={t('machine.diskAddFailed')} error={add.error} />}
        <Field id={`${form}-from`} label={t('machine.diskFrom')}>
          {(control) => (
            <Select
              {...control}
              value={from}
              onChange={(event) => {
                setFrom(event.target.value as From);
                setSize(event.target.value === 'empty' ? FIRST_SIZE_GIB : '');
              }}
            >
              <option value="empty">{t('machine.diskFromEmpty')}</option>
              <option value="image">{t('machine.diskFromImage')}</option>
              <option value="disk">{t('machine.diskFromDisk')}</option>
            </Select>
          )}
        </Field>
        {from === 'image' && (
          <Choice
            id={`${form}-image`}
            label={t('machine.diskImage')}
            none={t('machine.diskNoImages')}
            items={images}
            value={imageId}
            onChange={setImageId}
          />
        )}
        {from === 'disk' && (
          <Choice
            id={`${form}-disk`}
            label={t('machine.diskFree')}
            none={t('machine.diskNoFree')}
            items={free}
            value={diskId}
            onChange={setDiskId}
          />
        )}
        {from !== 'disk' && (
          <>
            <Field id={`${form}-name`} label={t('machine.diskName')} error={errorOf('name')}>
              {(control) => (
                <Input
                  {...control}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
            <Field
              id={`${form}-size`}
              label={t('machine.diskSizeGib')}
              error={errorOf('sizeBytes')}
              {...(from === 'image' ? { hint: t('machine.diskSizeHint') } : {})}
            >
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  min="0"
                  step="any"
                  value={size}
                  onChange={(event) => setSize(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly label: string;
  /** Said when there is nothing to choose. */
  readonly none: string;
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function Choice({ id, label, none, items, value, onChange }: ChoiceProps) {
  const t = useText();
  if (items.length === 0) return <p className="text-muted">{none}</p>;
  return (
    <Field id={id} label={label}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="" disabled>
            {t('machine.diskChoose')}
          </option>
          {items.map((item) => (
            <option key={item.id} value={item.id}>
              {item.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
