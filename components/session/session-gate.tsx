'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect } from 'react';
import { withoutBasePath } from '../api/base-path';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { ErrorNotice } from '../ui/error-notice';
import { Spinner } from '../ui/spinner';
import { signInPath } from './return-path';

/** Shows what is below it to people who are signed in, and leads the others to the sign-in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const t = useText();
  const router = useRouter();
  const { data, error, refetch, isFetching } = useSession();
  const signedOut = data !== undefined && data.user === null;

  useEffect(() => {
    if (!signedOut) return;
    // Read here and not by a hook: the page as it is when the session ends is what counts.
    const { pathname, search } = window.location;
    router.replace(signInPath(withoutBasePath(pathname) + search));
  }, [signedOut, router]);

  if (data?.user) return children;
  if (error !== null && data === undefined) {
    return (
      <main className="mx-auto flex min-h-dvh max-w-xl items-center p-4">
        <ErrorNotice
          className="w-full"
          title={t('session.unknown')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      </main>
    );
  }
  return (
    <div className="grid min-h-dvh place-items-center text-faint">
      {/* Late, so that it does not flash where the answer comes at once. */}
      <span className="animate-appear [animation-delay:400ms] [animation-fill-mode:backwards]">
        <Spinner className="size-6" label={t('common.loading')} />
      </span>
    </div>
  );
}
