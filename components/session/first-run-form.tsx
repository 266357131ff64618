'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { type FirstRun, firstRunSchema } from '@/server/api/session';
import { ApiError } from '../api/api-error';
import { showFieldErrors } from '../api/form-errors';
import { useFirstRun } from '../api/mutations';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { AlreadySetUp } from './already-set-up';
import { PasswordInput } from './password-input';

const accountSchema = firstRunSchema.omit({ token: true });
type Account = Omit<FirstRun, 'token'>;

const fieldOf = (path: string) => (path === 'name' || path === 'password' ? path : undefined);

/** @param token what stands behind the `#` of the one-time link */
export function FirstRunForm({ token }: { readonly token: string }) {
  const t = useText();
  const firstRun = useFirstRun();
  const form = useForm<Account>({
    resolver: zodResolver(accountSchema),
    defaultValues: { name: '', password: '' },
    mode: 'onTouched',
  });
  const { errors } = form.formState;

  const submit = form.handleSubmit((account) =>
    firstRun.mutate(
      { ...account, token },
      {
        onError: (error) => showFieldErrors(error, fieldOf, form.setError),
      },
    ),
  );

  if (firstRun.error instanceof ApiError && firstRun.error.code === 'first-run-done') {
    return <AlreadySetUp />;
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {firstRun.error && <ErrorNotice title={t('session.firstRunFailed')} error={firstRun.error} />}
      <Field id="name" label={t('session.name')} error={errors.name?.message}>
        {(control) => (
          <Input
            {...control}
            {...form.register('name')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
          />
        )}
      </Field>
      <Field
        id="password"
        label={t('session.newPassword')}
        hint={t('session.passwordHint')}
        error={errors.password?.message}
      >
        {(control) => (
          <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />
        )}
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        pending={firstRun.isPending || firstRun.isSuccess}
        className="mt-1"
      >
        {t('session.firstRunSubmit')}
      </Button>
    </form>
  );
}
