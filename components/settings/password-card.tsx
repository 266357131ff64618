'use client';

import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { bodies } from '../api/bodies';
import { request } from '../api/client';
import { fieldErrors } from '../api/form-errors';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { PasswordInput } from '../session/password-input';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { toast } from '../ui/toast';

/** One's own password. */
export function PasswordCard() {
  const t = useText();
  const id = useSession().data?.user?.id ?? '';
  const [oldPassword, setOldPassword] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () =>
      request('PUT', `/users/${encodeURIComponent(id)}/password`, {
        body: { oldPassword, password },
        bodySchema: bodies.password,
      }),
    onSuccess: () => {
      setOldPassword('');
      setPassword('');
      toast('success', t('settings.passwordChanged'));
    },
  });
  const errorOf = fieldErrors(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <CardSection id="password" title={t('settings.password')}>
      <form noValidate onSubmit={submit} className="flex max-w-[26rem] flex-col gap-4">
        {change.error && <ErrorNotice title={t('settings.passwordFailed')} error={change.error} />}
        <Field id="old-password" label={t('settings.passwordOld')} error={errorOf('oldPassword')}>
          {(control) => (
            <PasswordInput
              {...control}
              value={oldPassword}
              onChange={(event) => setOldPassword(event.target.value)}
              autoComplete="current-password"
            />
          )}
        </Field>
        <Field
          id="new-password"
          label={t('settings.passwordNew')}
          hint={t('session.passwordHint')}
          error={errorOf('password')}
        >
          {(control) => (
            <PasswordInput
              {...control}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="new-password"
            />
          )}
        </Field>
        <div>
          <Button type="submit" pending={change.isPending}>
            {t('settings.passwordChange')}
          </Button>
        </div>
      </form>
    </CardSection>
  );
}
