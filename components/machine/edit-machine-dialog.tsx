'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useRef } from 'react';
import { useForm } from 'react-hook-form';
import type { Output } from '@/server/api/client';
import type { Vm } from '@/server/api/vms';
import { putVm } from '../api/cache';
import { request } from '../api/client';
import { showFieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { toast } from '../ui/toast';
import { AdvancedFields } from '../vms/form/advanced-fields';
import { BasicsFields } from '../vms/form/basics-fields';
import { BootFields } from '../vms/form/boot-fields';
import { ComputeFields } from '../vms/form/compute-fields';
import { resolverOf, vmErrors } from '../vms/form/vm-resolver';
import { fieldOf, toVm, type VmValues, valuesOf } from '../vms/form/vm-values';

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
  const { revision } = useRef(vm).current;
  const form = useForm<VmValues>({
    resolver: resolverOf(vmErrors),
    defaultValues: valuesOf(vm),
    mode: 'onTouched',
  });
  const save = useMutation({
    mutationFn: (values: VmValues) =>
      request<Output<'getVm'>>('PATCH', `/vms/${encodeURIComponent(vm.id)}`, {
        body: toVm(values),
        revision,
      }),
    onSuccess: (changed) => {
      putVm(client, changed);
      toast('success', t(changed.pendingChange ? 'machine.savedForLater' : 'common.saved'));
      onClose();
    },
    onError: (error) => {
      showFieldErrors(error, fieldOf, form.setError);
      void client.invalidateQueries({ queryKey: keys.vm(vm.id) });
    },
  });
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
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" pending={save.isPending}>
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
        {save.error && <ErrorNotice title={t('machine.editFailed')} error={save.error} />}
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
