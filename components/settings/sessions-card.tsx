'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { OpenSession } from '@/server/api/users';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import { useSessions } from '../api/lists';
import { useText } from '../i18n/use-text';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { type Column, DataTable } from '../ui/data-table';
import { ErrorNotice } from '../ui/error-notice';
import { Moment } from '../ui/moment';
import { Skeleton } from '../ui/skeleton';
import { toastError } from '../ui/toast-error';

/** Where the user is signed in. */
export function SessionsCard() {
  const t = useText();
  const client = useQueryClient();
  const query = useSessions();
  const { data: sessions, refetch, isFetching } = query;
  const error = errorToShow(query);
  const end = useMutation({
    mutationFn: (path: string) => request('DELETE', path),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
    onError: (failure) => toastError(t('settings.sessionEndFailed'), failure),
  });
  const columns: readonly Column<OpenSession>[] = [
    {
      key: 'browser',
      title: t('settings.sessionBrowser'),
      wide: true,
      cell: ({ userAgent }) => <span title={userAgent}>{userAgent}</span>,
    },
    { key: 'address', title: t('settings.sessionAddress'), cell: ({ address }) => address },
    {
      key: 'seen',
      title: t('settings.sessionSeen'),
      figure: true,
      minor: true,
      cell: ({ lastSeenAt }) => <Moment iso={lastSeenAt} />,
    },
    {
      key: 'actions',
      title: t('settings.sessionEnd'),
      quiet: true,
      cell: ({ id, current }) =>
        current ? (
          <Badge tone="accent">{t('settings.sessionHere')}</Badge>
        ) : (
          <Button
            variant="ghost"
            size="sm"
            onClick={() => end.mutate(`/sessions/${encodeURIComponent(id)}`)}
          >
            {t('settings.sessionEnd')}
          </Button>
        ),
    },
  ];
  return (
    <CardSection
      id="sessions"
      title={t('settings.sessionsTitle')}
      actions={
        sessions &&
        sessions.length > 1 && (
          <Button pending={end.isPending} onClick={() => end.mutate('/sessions')}>
            {t('settings.sessionEndOthers')}
          </Button>
        )
      }
    >
      {error && (
        <ErrorNotice
          title={t('settings.sessionsFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {sessions === undefined && error === null && <Skeleton className="h-24" />}
      {sessions && (
        <div className="-mx-4 -mb-5 sm:-mx-5">
          <DataTable
            label={t('settings.sessionsTitle')}
            columns={columns}
            rows={sessions}
            rowKey={({ id }) => id}
          />
        </div>
      )}
    </CardSection>
  );
}
