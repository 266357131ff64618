'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useForm } from 'react-hook-form';
import type { Output } from '@/server/api/client';
import type { Vm } from '@/server/api/vms';
import { ApiError } from '../api/api-error';
import { putVm } from '../api/cache';
import { request } from '../api/client';
import { showFieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { toast } from '../ui/toast';
import { useUnsaved } from '../unsaved/use-unsaved';
import { AdvancedFields } from '../vms/form/advanced-fields';
import { BasicsFields } from '../vms/form/basics-fields';
import { BootFields } from '../vms/form/boot-fields';
import { ComputeFields } from '../vms/form/compute-fields';
import { mergeValues } from '../vms/form/merge-values';
import { resolverOf, vmErrors } from '../vms/form/vm-resolver';
import { fieldOf, toVm, type VmValues, valuesOf } from '../vms/form/vm-values';
import { type Conflict, EditConflict } from './edit-conflict';

const PRECONDITION_FAILED = 412;

interface EditMachineDialogProps {
  readonly vm: Vm;
  readonly onClose: () => void;
}

/** Changes what a machine is called and made of. */
export function EditMachineDialog({ vm, onClose }: EditMachineDialogProps) {
  const t = useText();
  const formId = useId();
  const client = useQueryClient();
  // What somebody else changes meanwhile is not overwritten by what stands here.
  const [base, setBase] = useState(vm);
  const [conflict, setConflict] = useState<Conflict>();
  const path = `/vms/${encodeURIComponent(vm.id)}`;
  const form = useForm<VmValues>({
    resolver: resolverOf(vmErrors),
    defaultValues: valuesOf(vm),
    mode: 'onTouched',
  });
  const save = useMutation({
    mutationFn: (values: VmValues) =>
      request<Output<'getVm'>>('PATCH', path, {
        body: toVm(values),
        revision: base.revision,
      }),
    onSuccess: (changed) => {
      putVm(client, changed);
      toast('success', t(changed.pendingChange ? 'machine.savedForLater' : 'common.saved'));
      onClose();
    },
    onError: (error) => {
      showFieldErrors(error, fieldOf, form.setError);
      if (isConflict(error)) merge.mutate();
      else void client.invalidateQueries({ queryKey: keys.vm(vm.id) });
    },
  });
  const merge = useMutation({
    mutationFn: () => request<Output<'getVm'>>('GET', path),
    onSuccess: (newest) => {
      putVm(client, newest);
      const before = valuesOf(base);
      const theirs = valuesOf(newest);
      const { merged, changes } = mergeValues(before, form.getValues(), theirs);
      setConflict({ before, theirs, changes });
      setBase(newest);
      form.reset(theirs);
      // Typed, and not yet saved: what differs from theirs is still a change of this form.
      form.reset(merged, { keepDefaultValues: true });
    },
  });
  useUnsaved(form.formState.isDirty);
  const failure = merge.error ?? (isConflict(save.error) ? null : save.error);
  const isOff = vm.state === 'stopped' || vm.state === 'crashed';
  const sections = [
    { title: t('create.basics'), fields: <BasicsFields form={form} /> },
    { title: t('create.compute'), fields: <ComputeFields form={form} /> },
    { title: t('create.boot'), fields: <BootFields form={form} /> },
    { title: t('create.advanced'), fields: <AdvancedFields form={form} /> },
  ];
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('machine.editTitle', { name: vm.name })}
      description={isOff ? undefined : t('machine.editRunning')}
      size="wide"
      guarded
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            pending={save.isPending || merge.isPending}
          >
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
        className="flex flex-col gap-6"
      >
        {conflict && (
          <EditConflict
            conflict={conflict}
            onTakeTheirs={() => {
              form.reset(conflict.theirs);
              setConflict(undefined);
            }}
          />
        )}
        {failure && <ErrorNotice title={t('machine.editFailed')} error={failure} />}
        {sections.map(({ title, fields }) => (
          <section key={title} className="border-line border-t pt-5 first:border-0 first:pt-0">
            <h3 className="mb-4 font-semibold text-sm">{title}</h3>
            {fields}
          </section>
        ))}
      </form>
    </Dialog>
  );
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === PRECONDITION_FAILED;
}
