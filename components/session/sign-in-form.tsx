'use client';

import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import type { SignIn } from '@/server/api/session';
import { lazyResolver } from '../api/lazy-resolver';
import { useSignIn } from '../api/mutations';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { ErrorNotice } from '../ui/error-notice';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { PasswordInput } from './password-input';
import { returnPath } from './return-path';

const resolver = lazyResolver(async () => (await import('@/server/api/session')).signInSchema);

export function SignInForm() {
  const t = useText();
  const router = useRouter();
  const next = useSearchParams().get('next');
  const session = useSession().data;
  const signIn = useSignIn();
  const form = useForm<SignIn>({
    resolver,
    defaultValues: { name: '', password: '' },
    // Errors come when the button is pressed, not while the name is typed.
    reValidateMode: 'onSubmit',
  });
  const { errors } = form.formState;

  // Also for those who come here with a session.
  const signedIn = Boolean(session?.user);
  useEffect(() => {
    if (signedIn) router.replace(returnPath(next));
  }, [signedIn, next, router]);

  const submit = form.handleSubmit((values) =>
    signIn.mutate(values, { onError: () => form.setFocus('password', { shouldSelect: true }) }),
  );

  if (session?.firstRun) {
    return (
      <Notice tone="info" title={t('session.noUserYet')}>
        {t('session.noUserYetHint')}
      </Notice>
    );
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {next !== null && !signIn.error && <Notice tone="info" title={t('session.expired')} />}
      {signIn.error && <ErrorNotice title={t('session.signInFailed')} error={signIn.error} />}
      <Field id="name" label={t('session.name')} error={errors.name?.message}>
        {(control) => (
          <Input
            {...control}
            {...form.register('name')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            // The page has this one purpose.
            autoFocus
          />
        )}
      </Field>
      <Field id="password" label={t('session.password')} error={errors.password?.message}>
        {(control) => (
          <PasswordInput
            {...control}
            {...form.register('password')}
            autoComplete="current-password"
          />
        )}
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        pending={signIn.isPending || signedIn}
        className="mt-1"
      >
        {t('session.signIn')}
      </Button>
    </form>
  );
}
