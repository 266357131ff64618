'use client';

import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { requestText } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Skeleton } from '../ui/skeleton';

/** What the monitor says of itself: where to look when a machine does not do what it should. */
export function MachineLog({ id }: { readonly id: string }) {
  const t = useText();
  const query = useQuery({
    queryKey: keys.vmLog(id),
    queryFn: ({ signal }) => requestText(`/vms/${encodeURIComponent(id)}/log`, signal),
  });
  const { data: log, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <CardSection
      title={t('machine.logTitle')}
      description={t('machine.logHint')}
      actions={
        <Button
          variant="ghost"
          size="iconSm"
          label={t('machine.logAgain')}
          pending={isFetching}
          onClick={() => void refetch()}
        >
          <RefreshCw aria-hidden />
        </Button>
      }
    >
      {error && (
        <ErrorNotice
          title={t('machine.logFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {log === undefined && error === null && <Skeleton className="h-40" />}
      {log === '' && <p className="text-muted">{t('machine.logNone')}</p>}
      {log && (
        <pre className="max-h-[60dvh] overflow-auto whitespace-pre-wrap break-words rounded-md bg-sunken p-3 font-mono text-xs">
          {log}
        </pre>
      )}
    </CardSection>
  );
}
