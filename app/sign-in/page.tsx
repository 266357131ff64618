import { requestText, titled } from '@/components/i18n/request-language';
import { Entrance } from '@/components/session/entrance';
import { SignIn } from '@/components/session/sign-in';

export const generateMetadata = titled('session.signInTitle');

export default async function SignInPage() {
  const t = await requestText();
  return (
    <Entrance title={t('session.signInTitle')} description={t('session.signInIntro')}>
      <SignIn />
    </Entrance>
  );
}
