'use client';

import dynamic from 'next/dynamic';
import { useEffect } from 'react';
import { ApiError } from '../api/api-error';
import { useVm } from '../api/queries';
import { useText } from '../i18n/use-text';
import { ErrorNotice } from '../ui/error-notice';
import { Skeleton } from '../ui/skeleton';
import { StateBadge } from '../vms/state-badge';

const TerminalView = dynamic(
  () => import('./terminal-view').then((module) => module.TerminalView),
  {
    ssr: false,
    loading: () => <Skeleton className="h-dvh" />,
  },
);

const NOT_FOUND = 404;

/** A machine's console in a window of its own. */
export function ConsoleWindow({ id }: { readonly id: string }) {
  const t = useText();
  const { data: vm, error, refetch, isFetching } = useVm(id);
  useEffect(() => {
    if (vm !== undefined) document.title = t('machine.terminalLabel', { name: vm.name });
  }, [vm, t]);
  const isGone = error instanceof ApiError && error.status === NOT_FOUND;
  return (
    <main className="flex h-dvh flex-col">
      {error && (
        <ErrorNotice
          className="m-4"
          title={t(isGone ? 'machine.notFoundTitle' : 'machine.loadFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {vm && !isGone && (
        <>
          <header className="flex items-center gap-3 border-line border-b px-4 py-2">
            <h1 className="min-w-0 truncate font-semibold">{vm.name}</h1>
            <StateBadge state={vm.state} />
          </header>
          <TerminalView vm={vm} place="window" />
        </>
      )}
    </main>
  );
}
