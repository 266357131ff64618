'use client';

import { Plus, Trash2 } from 'lucide-react';
import { type UseFormReturn, useFieldArray } from 'react-hook-form';
import { MAX_MACHINE_DISKS } from '@/server/api/limits';
import { useStoredImages } from '../../api/lists';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import type { CreateValues } from './create-values';
import { NEW_DISK } from './disk-drafts';

interface DiskFieldsProps {
  readonly form: UseFormReturn<CreateValues>;
}

/** The disks it is to get, in the order in which its guest will find them. */
export function DiskFields({ form }: DiskFieldsProps) {
  const t = useText();
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'disks' });
  return (
    <div className="flex flex-col gap-4">
      {fields.length === 0 && <p className="text-muted text-sm">{t('create.noDisks')}</p>}
      <ol className="flex flex-col gap-4 empty:hidden">
        {fields.map(({ id }, index) => (
          <li key={id} className="rounded-md border border-line p-3.5">
            <div className="mb-3 flex items-center justify-between">
              <code className="font-medium font-mono text-sm">{deviceName(index)}</code>
              <Button
                size="iconSm"
                variant="ghost"
                label={t('create.removeDisk', { name: deviceName(index) })}
                onClick={() => remove(index)}
              >
                <Trash2 aria-hidden />
              </Button>
            </div>
            <DiskRow form={form} index={index} />
          </li>
        ))}
      </ol>
      <div>
        <Button
          disabledReason={
            fields.length >= MAX_MACHINE_DISKS
              ? t('create.mostDisks', { count: MAX_MACHINE_DISKS })
              : undefined
          }
          onClick={() => append(NEW_DISK)}
        >
          <Plus aria-hidden /> {t('machine.diskAdd')}
        </Button>
      </div>
    </div>
  );
}

function DiskRow({ form, index }: DiskFieldsProps & { readonly index: number }) {
  const t = useText();
  const at = `disks.${index}` as const;
  const from = form.watch(`${at}.from`);
  const errors = form.formState.errors.disks?.[index];
  const images = (useStoredImages().data ?? []).filter(
    ({ kind, state }) => kind === 'disk' && state === 'ready',
  );
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field id={`${at}.from`} label={t('machine.diskFrom')}>
        {(control) => (
          <Select
            {...control}
            {...form.register(`${at}.from`, {
              onChange: ({ target }) =>
                form.setValue(`${at}.size`, target.value === 'empty' ? NEW_DISK.size : ''),
            })}
          >
            <option value="empty">{t('machine.diskFromEmpty')}</option>
            <option value="image" disabled={images.length === 0}>
              {t('machine.diskFromImage')}
            </option>
          </Select>
        )}
      </Field>
      {from === 'image' && (
        <Field id={`${at}.imageId`} label={t('machine.diskImage')} error={errors?.imageId?.message}>
          {(control) => (
            <Select {...control} {...form.register(`${at}.imageId`)}>
              <option value="" disabled>
                {t('machine.diskChoose')}
              </option>
              {images.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <Field
        id={`${at}.size`}
        label={t('machine.diskSizeGib')}
        error={errors?.size?.message}
        {...(from === 'image' ? { hint: t('machine.diskSizeHint') } : {})}
      >
        {(control) => (
          <Input
            {...control}
            {...form.register(`${at}.size`)}
            inputMode="decimal"
            autoComplete="off"
            className="tabular-nums"
          />
        )}
      </Field>
    </div>
  );
}

/** As Linux names virtio disks: vda, vdb, and so on. */
function deviceName(index: number): string {
  return `vd${String.fromCharCode('a'.charCodeAt(0) + index)}`;
}
