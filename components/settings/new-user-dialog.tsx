'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { useForm } from 'react-hook-form';
import type { Output } from '@/server/api/client';
import { type CreateUser, createUserSchema } from '@/server/api/users';
import { request } from '../api/client';
import { showFieldErrors } from '../api/form-errors';
import { keys } from '../api/keys';
import { useText } from '../i18n/use-text';
import { PasswordInput } from '../session/password-input';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { toast } from '../ui/toast';
import { useUnsaved } from '../unsaved/use-unsaved';
import { ROLE_WORDS, ROLES } from './token-words';

const fieldOf = (path: string) =>
  path === 'name' || path === 'password' || path === 'role' ? path : undefined;

/** Makes a user with a first password. */
export function NewUserDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText();
  const formId = useId();
  const client = useQueryClient();
  const form = useForm<CreateUser>({
    resolver: zodResolver(createUserSchema),
    defaultValues: { name: '', role: 'operator', password: '' },
    mode: 'onTouched',
  });
  const { errors } = form.formState;
  useUnsaved(form.formState.isDirty);
  const make = useMutation({
    mutationFn: (body: CreateUser) =>
      request<Output<'createUser'>>('POST', '/users', { body, creates: true }),
    onSuccess: ({ name }) => {
      toast('success', t('settings.userCreated', { name }));
      onClose();
      return client.invalidateQueries({ queryKey: keys.users });
    },
    onError: (error) => showFieldErrors(error, fieldOf, form.setError),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      guarded
      title={t('settings.userNew')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" pending={make.isPending}>
            {t('settings.userCreate')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        onSubmit={form.handleSubmit((user) => make.mutate(user))}
        className="flex flex-col gap-4"
      >
        {make.error && <ErrorNotice title={t('settings.userCreateFailed')} error={make.error} />}
        <Field id={`${formId}-name`} label={t('session.name')} error={errors.name?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('name')}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
            />
          )}
        </Field>
        <Field id={`${formId}-role`} label={t('settings.userRole')} error={errors.role?.message}>
          {(control) => (
            <Select {...control} {...form.register('role')}>
              {ROLES.map((role) => (
                <option key={role} value={role}>
                  {t(ROLE_WORDS[role])}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field
          id={`${formId}-password`}
          label={t('session.newPassword')}
          hint={t('session.passwordHint')}
          error={errors.password?.message}
        >
          {(control) => (
            <PasswordInput
              {...control}
              {...form.register('password')}
              autoComplete="new-password"
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
