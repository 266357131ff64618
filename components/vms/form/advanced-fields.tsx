'use client';

import { useText } from '../../i18n/use-text';
import { CheckField } from '../../ui/check-field';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import type { FieldsProps } from './fields';

/** What is right for most machines as it is. */
export function AdvancedFields({ form }: FieldsProps) {
  const t = useText();
  return (
    <div className="flex flex-col gap-5">
      <div className="grid gap-5 sm:grid-cols-2">
        <Field id="restart" label={t('create.restart')} hint={t('create.restartHint')}>
          {(control) => (
            <Select {...control} {...form.register('restart')}>
              <option value="never">{t('create.restartNever')}</option>
              <option value="on-crash">{t('create.restartOnCrash')}</option>
              <option value="always">{t('create.restartAlways')}</option>
            </Select>
          )}
        </Field>
        <Field id="cpuTemplate" label={t('create.cpuTemplate')} hint={t('create.cpuTemplateHint')}>
          {(control) => (
            <Select {...control} {...form.register('cpuTemplate')}>
              <option value="host">{t('create.cpuHost')}</option>
              <option value="baseline">{t('create.cpuBaseline')}</option>
            </Select>
          )}
        </Field>
        <Field id="pages" label={t('create.pages')} hint={t('create.pagesHint')}>
          {(control) => (
            <Select {...control} {...form.register('pages')}>
              <option value="transparent">{t('create.pagesTransparent')}</option>
              <option value="small">{t('create.pagesSmall')}</option>
              <option value="hugetlb">{t('create.pagesHuge')}</option>
            </Select>
          )}
        </Field>
      </div>
      <div className="flex flex-col gap-4">
        <CheckField
          label={t('create.autostart')}
          hint={t('create.autostartHint')}
          {...form.register('autostart')}
        />
        <CheckField
          label={t('create.balloon')}
          hint={t('create.balloonHint')}
          {...form.register('balloon')}
        />
        <CheckField label={t('create.rng')} hint={t('create.rngHint')} {...form.register('rng')} />
      </div>
    </div>
  );
}
