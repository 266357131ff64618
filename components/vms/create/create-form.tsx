'use client';

import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { showFieldErrors } from '../../api/form-errors';
import { useText } from '../../i18n/use-text';
import { CardSection } from '../../ui/card';
import { ErrorNotice } from '../../ui/error-notice';
import { useUnsaved } from '../../unsaved/use-unsaved';
import { AdvancedFields } from '../form/advanced-fields';
import { BasicsFields } from '../form/basics-fields';
import { BootFields } from '../form/boot-fields';
import { ComputeFields } from '../form/compute-fields';
import type { FieldsProps } from '../form/fields';
import { resolverOf } from '../form/vm-resolver';
import { fieldOf } from '../form/vm-values';
import { CreateSectionNav } from './create-section-nav';
import { CreateSummary } from './create-summary';
import { type CreateValues, createErrors, createValues } from './create-values';
import { DiskFields } from './disk-fields';
import { type Submission, useCreateMachine } from './use-create-machine';

/** @param name a free one, so that the form works untouched */
export function CreateForm({ name }: { readonly name: string }) {
  const t = useText();
  const [otherError, setOtherError] = useState<unknown>();
  const form = useForm<CreateValues>({
    resolver: resolverOf(createErrors),
    defaultValues: createValues(name),
    mode: 'onTouched',
  });
  const { pending, create } = useCreateMachine((error) =>
    setOtherError(showFieldErrors(error, fieldOf, form.setError) ? undefined : error),
  );
  // Disks are given to the machine from here: who leaves in between leaves it without them.
  useUnsaved(form.formState.isDirty || pending !== undefined);
  const submit = (wanted: Submission) => {
    if (pending !== undefined) return;
    void form.handleSubmit((values) => {
      setOtherError(undefined);
      return create(values, wanted);
    })();
  };
  // The fields of a machine know nothing of what else is asked here.
  const fields: FieldsProps = { form: form as unknown as FieldsProps['form'] };
  return (
    <form
      noValidate
      // Enter in a field does what the first button does.
      onSubmit={(event) => {
        event.preventDefault();
        submit('start');
      }}
      className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,1fr)_19rem] xl:grid-cols-[8.5rem_minmax(0,1fr)_19rem] xl:gap-6 2xl:grid-cols-[11rem_minmax(0,1fr)_24rem]"
    >
      <CreateSectionNav errors={form.formState.errors} />
      <div className="flex min-w-0 flex-col gap-4">
        {otherError !== undefined && (
          <ErrorNotice title={t('vms.createFailed')} error={otherError} />
        )}
        <CardSection id="basics" title={t('create.basics')}>
          <BasicsFields {...fields} />
        </CardSection>
        <CardSection id="boot" title={t('create.boot')} description={t('create.bootHint')}>
          <BootFields {...fields} />
        </CardSection>
        <CardSection id="compute" title={t('create.compute')} description={t('create.computeHint')}>
          <ComputeFields {...fields} />
        </CardSection>
        <CardSection id="disks" title={t('create.disks')} description={t('create.disksHint')}>
          <DiskFields form={form} />
        </CardSection>
        <CardSection
          id="advanced"
          title={t('create.advanced')}
          description={t('create.advancedHint')}
        >
          <AdvancedFields {...fields} />
        </CardSection>
      </div>
      <CreateSummary
        values={form.watch()}
        pending={pending}
        onCreateOnly={() => submit('create')}
      />
    </form>
  );
}
