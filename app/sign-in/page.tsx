import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { Entrance } from '@/components/session/entrance';
import { SignIn } from '@/components/session/sign-in';

export const metadata: Metadata = { title: t('session.signInTitle') };

export default function SignInPage() {
  return (
    <Entrance title={t('session.signInTitle')} description={t('session.signInIntro')}>
      <SignIn />
    </Entrance>
  );
}
