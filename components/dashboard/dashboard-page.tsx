'use client';

import dynamic from 'next/dynamic';
import { errorToShow } from '../api/error-to-show';
import { useVms } from '../api/queries';
import { Fleet } from '../charts/fleet';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { Card } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Skeleton } from '../ui/skeleton';
import { EventsCard } from './events-card';
import { HostCard } from './host-card';
import { BusiestCard, MachinesCard } from './machines-card';
import { TaskCard } from './task-card';
import { Warnings } from './warnings';

/** Seen once in the life of a console. */
const NoMachines = dynamic(
  () => import('../vms/list/no-machines').then((module) => module.NoMachines),
  { loading: () => <Skeleton className="h-72" /> },
);

/** How things are, at a glance. */
export function DashboardPage() {
  const t = useText();
  const query = useVms();
  const { data: vms, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <Fleet>
      <PageHeader title={t('dashboard.title')} />
      {error && (
        <ErrorNotice
          title={t('vms.listFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      <Warnings />
      {vms?.length === 0 && (
        <Card>
          <NoMachines />
        </Card>
      )}
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-2 2xl:grid-cols-3">
        <HostCard />
        {vms === undefined && error === null && (
          <>
            <Skeleton className="h-72 rounded-lg" />
            <Skeleton className="h-72 rounded-lg" />
          </>
        )}
        {vms && vms.length > 0 && (
          <>
            <MachinesCard vms={vms} />
            <BusiestCard vms={vms} />
          </>
        )}
        <TaskCard />
        {vms?.length !== 0 && (
          <div className="grid lg:col-span-2">
            <EventsCard />
          </div>
        )}
      </div>
    </Fleet>
  );
}
