'use client';

import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import type { Vm } from '@/server/api/vms';
import { errorToShow } from '../../api/error-to-show';
import { useVms } from '../../api/queries';
import { Fleet } from '../../charts/fleet';
import { useText } from '../../i18n/use-text';
import { PageHeader } from '../../layout/page-header';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ErrorNotice } from '../../ui/error-notice';
import { onDemand } from '../../ui/on-demand';
import { Skeleton } from '../../ui/skeleton';
import { useMediaQuery } from '../../ui/use-media-query';
import { applyView, isFiltered } from './list-view';
import { useSelection } from './selection';
import { useListView } from './use-list-view';
import { VmCards } from './vm-cards';
import { VmFilters } from './vm-filters';
import { VmListSkeleton } from './vm-list-skeleton';
import { VmTable } from './vm-table';

/** Seen once in the life of a console. */
const NoMachines = dynamic(() => import('./no-machines').then((module) => module.NoMachines), {
  loading: () => <VmListSkeleton />,
});
/** Fetched with the first machine that is chosen. */
const BulkBar = onDemand(() => import('./bulk-bar').then((module) => module.BulkBar));

const WIDE = '(min-width: 48rem)';

export function VmList() {
  const t = useText();
  const query = useVms();
  const { data: vms, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <>
      <PageHeader
        title={t('vms.title')}
        description={
          vms === undefined && error === null ? (
            <Skeleton className="h-[1.3125rem] w-40" />
          ) : vms && vms.length > 0 ? (
            <Counts vms={vms} />
          ) : undefined
        }
      />
      {error && (
        <ErrorNotice
          title={t('vms.listFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {vms === undefined ? (
        error === null && (
          <>
            <Skeleton className="h-9 w-full sm:w-[32rem]" />
            <Card className="overflow-hidden">
              <VmListSkeleton />
            </Card>
          </>
        )
      ) : vms.length === 0 ? (
        <Card className="overflow-hidden">
          <NoMachines />
        </Card>
      ) : (
        <Machines vms={vms} />
      )}
    </>
  );
}

function Machines({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  const [view, setView] = useListView();
  const isWide = useMediaQuery(WIDE);
  const shown = useMemo(() => applyView(vms, view), [vms, view]);
  const selection = useSelection(useMemo(() => shown.map(({ id }) => id), [shown]));
  return (
    <Fleet>
      <VmFilters vms={vms} view={view} onChange={setView} />
      <Card className="overflow-hidden">
        {shown.length === 0 ? (
          <div className="flex flex-col items-center gap-3 px-4 py-12 text-center text-muted">
            <p>{t('list.noMatch')}</p>
            <Button onClick={() => setView({ ...view, text: '', states: [], tag: '' })}>
              {t('list.clear')}
            </Button>
          </div>
        ) : isWide ? (
          // Who asked for more columns than there is room for scrolls to them.
          <div className="relative overflow-x-auto">
            <VmTable vms={shown} view={view} onView={setView} selection={selection} />
          </div>
        ) : (
          <VmCards vms={shown} selection={selection} />
        )}
      </Card>
      {isFiltered(view) && shown.length > 0 && (
        <p className="text-center text-faint text-sm">
          {t('list.shown', { shown: shown.length, all: vms.length })}
        </p>
      )}
      {selection.ids.size > 0 && (
        <BulkBar
          vms={shown.filter(({ id }) => selection.ids.has(id))}
          onClear={() => selection.choose([])}
        />
      )}
    </Fleet>
  );
}

function Counts({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  const count = vms.length;
  const running = vms.filter(({ state }) => state === 'running').length;
  return (
    <>
      {t(count === 1 ? 'vms.countOne' : 'vms.countOther', { count })}
      {running > 0 && <> · {t('vms.countRunning', { count: running })}</>}
    </>
  );
}
