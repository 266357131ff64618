'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useSyncExternalStore } from 'react';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { ErrorNotice } from '../ui/error-notice';
import { Notice } from '../ui/notice';
import { onDemand } from '../ui/on-demand';
import { Spinner } from '../ui/spinner';
import { AlreadySetUp } from './already-set-up';
import { Entrance } from './entrance';

const FirstRunForm = onDemand(() =>
  import('./first-run-form').then((module) => module.FirstRunForm),
);

/** The token stays behind the `#`: that part of an address is never sent or logged. */
function useToken(): string | undefined {
  return useSyncExternalStore(
    (onChange) => {
      window.addEventListener('hashchange', onChange);
      return () => window.removeEventListener('hashchange', onChange);
    },
    () => window.location.hash.slice(1).trim(),
    () => undefined,
  );
}

export function FirstRun() {
  const t = useText();
  const router = useRouter();
  const session = useSession().data;
  const open = session?.firstRun;

  // After the set-up, and for those who come here with a session.
  const signedIn = Boolean(session?.user);
  useEffect(() => {
    if (signedIn) router.replace('/dashboard');
  }, [signedIn, router]);

  return (
    <Entrance
      title={t('session.firstRunTitle')}
      description={open ? t('session.firstRunIntro') : undefined}
    >
      <Step />
    </Entrance>
  );
}

function Step() {
  const t = useText();
  const token = useToken();
  const { data: session, error, refetch, isFetching } = useSession();
  if (error !== null && session === undefined) {
    return (
      <ErrorNotice
        title={t('session.unknown')}
        error={error}
        retrying={isFetching}
        onRetry={() => void refetch()}
      />
    );
  }
  if (session === undefined || token === undefined) return <Spinner label={t('common.loading')} />;
  if (session.user !== null) return <Spinner label={t('common.loading')} />;
  if (!session.firstRun) return <AlreadySetUp />;
  if (token === '') {
    return (
      <Notice tone="error" title={t('session.tokenMissing')}>
        {t('session.tokenMissingHint')}
      </Notice>
    );
  }
  return <FirstRunForm token={token} />;
}
