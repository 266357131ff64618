'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { showFieldErrors } from '../api/form-errors';
import { useCreateVm } from '../api/mutations';
import { useText } from '../i18n/use-text';
import { CardSection } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { toast } from '../ui/toast';
import { CmdlineField, MemoryField, NameField, VcpusField } from './create-fields';
import { createResolver } from './create-resolver';
import { CreateSectionNav } from './create-section-nav';
import { CreateSummary, type Submission } from './create-summary';
import { type CreateValues, defaultValues, fieldOf, toRequest } from './create-values';
import { ImageField } from './image-field';
import { consolePath, vmPath } from './vm-paths';

/** @param name a free one, so that the form works untouched */
export function CreateForm({ name }: { readonly name: string }) {
  const t = useText();
  const router = useRouter();
  const createVm = useCreateVm();
  const [submission, setSubmission] = useState<Submission>();
  const [otherError, setOtherError] = useState<unknown>();
  const form = useForm<CreateValues>({
    resolver: createResolver,
    defaultValues: defaultValues(name),
    mode: 'onTouched',
  });

  const fail = (error: unknown) => {
    setSubmission(undefined);
    setOtherError(showFieldErrors(error, fieldOf, form.setError) ? undefined : error);
  };

  const submit = (wanted: Submission) => {
    if (submission !== undefined) return;
    void form.handleSubmit((values) => {
      setSubmission(wanted);
      setOtherError(undefined);
      createVm.mutate(toRequest(values, wanted === 'start'), {
        onSuccess: (vm) => {
          if (wanted === 'create') toast('success', t('create.created', { name: vm.name }));
          router.push(wanted === 'start' ? consolePath(vm.id) : vmPath(vm.id));
        },
        onError: fail,
      });
    })();
  };

  return (
    <form
      noValidate
      // Enter in a field does what the first button does.
      onSubmit={(event) => {
        event.preventDefault();
        submit('start');
      }}
      className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_19rem] xl:grid-cols-[8.5rem_minmax(0,1fr)_19rem] xl:gap-6 2xl:grid-cols-[11rem_minmax(0,1fr)_24rem]"
    >
      <CreateSectionNav errors={form.formState.errors} />
      <div className="flex min-w-0 flex-col gap-4">
        {otherError !== undefined && (
          <ErrorNotice title={t('vms.createFailed')} error={otherError} />
        )}
        <CardSection id="basics" title={t('create.basics')}>
          <NameField form={form} />
        </CardSection>
        <CardSection id="boot" title={t('create.boot')} description={t('create.bootHint')}>
          <ImageField />
        </CardSection>
        <CardSection id="compute" title={t('create.compute')} description={t('create.computeHint')}>
          <div className="grid gap-6 sm:grid-cols-[11rem_minmax(0,1fr)]">
            <VcpusField form={form} />
            <MemoryField form={form} />
          </div>
        </CardSection>
        <CardSection
          id="advanced"
          title={t('create.advanced')}
          description={t('create.advancedHint')}
        >
          <CmdlineField form={form} />
        </CardSection>
      </div>
      <CreateSummary
        values={form.watch()}
        pending={submission}
        onCreateOnly={() => submit('create')}
      />
    </form>
  );
}
