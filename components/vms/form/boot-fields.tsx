'use client';

import { useStoredImages } from '../../api/lists';
import { useText } from '../../i18n/use-text';
import { ChoiceCard } from '../../ui/choice-card';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { type FieldsProps, SET } from './fields';
import { ImageChoice } from './image-choice';

/** What it starts from: the default image, or a kernel somebody brought. */
export function BootFields({ form }: FieldsProps) {
  const t = useText();
  const { errors } = form.formState;
  const from = form.watch('bootFrom');
  const stored = (useStoredImages().data ?? []).filter(({ state }) => state === 'ready');
  const kernels = stored.filter(({ kind }) => kind === 'kernel');
  const initrds = stored.filter(({ kind }) => kind === 'initrd');
  return (
    <div className="flex flex-col gap-5">
      <fieldset className="flex flex-col gap-2.5">
        <legend className="sr-only">{t('create.boot')}</legend>
        <ImageChoice
          checked={from === 'default'}
          onChoose={() => form.setValue('bootFrom', 'default', SET)}
        />
        <ChoiceCard
          name="bootFrom"
          title={t('create.ownKernel')}
          description={t(kernels.length === 0 ? 'create.noKernels' : 'create.ownKernelHint')}
          checked={from === 'kernel'}
          disabled={kernels.length === 0 && from !== 'kernel'}
          onChoose={() => form.setValue('bootFrom', 'kernel', SET)}
        />
      </fieldset>
      {from === 'kernel' && (
        <div className="grid gap-5 sm:grid-cols-2">
          <Field id="kernelId" label={t('create.kernel')} error={errors.kernelId?.message}>
            {(control) => (
              <Select {...control} {...form.register('kernelId')}>
                <option value="" disabled>
                  {t('create.choose')}
                </option>
                {kernels.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field
            id="initrdId"
            label={t('create.initrd')}
            hint={t('create.initrdHint')}
            error={errors.initrdId?.message}
          >
            {(control) => (
              <Select {...control} {...form.register('initrdId')}>
                <option value="">{t('create.noInitrd')}</option>
                {initrds.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      )}
      <Field
        id="cmdline"
        label={t('create.cmdline')}
        hint={t('create.cmdlineHint')}
        error={errors.cmdline?.message}
      >
        {(control) => (
          <Input
            {...control}
            {...form.register('cmdline')}
            mono
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
    </div>
  );
}
