'use client';

import { useText } from '../../i18n/use-text';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import type { FieldsProps } from './fields';

/** What it is called, and what people note of it. */
export function BasicsFields({ form }: FieldsProps) {
  const t = useText();
  const { errors } = form.formState;
  return (
    <div className="flex flex-col gap-5">
      <Field
        id="name"
        label={t('create.name')}
        hint={t('create.nameHint')}
        error={errors.name?.message}
      >
        {(control) => (
          <Input {...control} {...form.register('name')} autoComplete="off" spellCheck={false} />
        )}
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          id="tags"
          label={t('create.tags')}
          hint={t('create.tagsHint')}
          error={errors.tags?.message}
        >
          {(control) => (
            <Input
              {...control}
              {...form.register('tags')}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
        </Field>
        <Field
          id="notes"
          label={t('create.notes')}
          hint={t('create.notesHint')}
          error={errors.notes?.message}
        >
          {(control) => <TextArea {...control} {...form.register('notes')} rows={1} />}
        </Field>
      </div>
    </div>
  );
}
