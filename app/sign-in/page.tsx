import type { Metadata } from 'next';
import { Suspense } from 'react';
import { t } from '@/components/i18n/translate';
import { Entrance } from '@/components/session/entrance';
import { SignInForm } from '@/components/session/sign-in-form';

export const metadata: Metadata = { title: t('session.signInTitle') };

export default function SignInPage() {
  return (
    <Entrance title={t('session.signInTitle')} description={t('session.signInIntro')}>
      {/* The return path is in the address, which is known in the browser only. */}
      <Suspense>
        <SignInForm />
      </Suspense>
    </Entrance>
  );
}
