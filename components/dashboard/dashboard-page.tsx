'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Vm, VmState } from '@/server/api/vms';
import { errorToShow } from '../api/error-to-show';
import { useHostFigures } from '../api/host-figures';
import { useTasks } from '../api/lists';
import { useHost, useVms } from '../api/queries';
import { formatBytes, formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { TaskStateBadge } from '../tasks/task-state';
import { Bar } from '../ui/bar';
import { CardSection } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Skeleton } from '../ui/skeleton';
import { StateBadge } from '../vms/state-badge';
import { vmPath } from '../vms/vm-paths';
import { Warnings } from './warnings';

const SHOWN = 6;
const NEARLY_FULL = 0.9;
/** What needs a person first. */
const STATES: readonly VmState[] = [
  'crashed',
  'running',
  'starting',
  'stopping',
  'paused',
  'stopped',
];

/** How things are, at a glance. */
export function DashboardPage() {
  const t = useText();
  const query = useVms();
  const { data: vms, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <>
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
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2 2xl:grid-cols-4">
        <HostNow />
        {vms === undefined ? (
          error === null && <Skeleton className="h-48" />
        ) : (
          <Machines vms={vms} />
        )}
        <TaskCard
          title={t('dashboard.tasks')}
          states="queued,running"
          empty={t('dashboard.tasksNone')}
        />
        <TaskCard
          title={t('dashboard.recent')}
          states="succeeded,failed,cancelled,interrupted"
          empty={t('dashboard.recentNone')}
        />
      </div>
    </>
  );
}

function HostNow() {
  const t = useText();
  const host = useHost({ live: true }).data;
  const now = useHostFigures().data?.samples.at(-1);
  if (host === undefined) return <Skeleton className="h-48" />;
  const used = (host.memoryBytes - host.memoryAvailableBytes) / host.memoryBytes;
  return (
    <CardSection title={t('dashboard.host')} actions={<More href="/host" />}>
      <div className="flex flex-col gap-4">
        {now && (
          <Gauge
            title={t('dashboard.load')}
            value={formatPercent(now.cpu.busy)}
            fraction={now.cpu.busy}
          />
        )}
        <Gauge
          title={t('dashboard.memory')}
          value={`${formatBytes(host.memoryBytes - host.memoryAvailableBytes)} / ${formatBytes(host.memoryBytes)}`}
          fraction={used}
        />
        <p className="flex items-baseline justify-between gap-4">
          <span className="text-muted">{t('dashboard.disk')}</span>
          <span className="font-medium tabular-nums">{formatBytes(host.dataFreeBytes)}</span>
        </p>
      </div>
    </CardSection>
  );
}

interface GaugeProps {
  readonly title: string;
  readonly value: string;
  readonly fraction: number;
}

function Gauge({ title, value, fraction }: GaugeProps) {
  return (
    <div>
      <p className="mb-1.5 flex items-baseline justify-between gap-4">
        <span className="text-muted">{title}</span>
        <span className="font-medium tabular-nums">{value}</span>
      </p>
      <Bar fraction={fraction} worry={fraction >= NEARLY_FULL} />
    </div>
  );
}

function Machines({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  const shown = STATES.flatMap((state) => vms.filter((vm) => vm.state === state)).slice(0, SHOWN);
  return (
    <CardSection
      title={t('dashboard.machines')}
      actions={vms.length > 0 && <More href="/machines" />}
    >
      {vms.length === 0 && <p className="text-muted">{t('dashboard.noMachines')}</p>}
      <ul className="flex flex-wrap gap-2">
        {STATES.map((state) => ({ state, count: vms.filter((vm) => vm.state === state).length }))
          .filter(({ count }) => count > 0)
          .map(({ state, count }) => (
            <li key={state} className="flex items-center gap-1.5 font-semibold tabular-nums">
              {count} <StateBadge state={state} />
            </li>
          ))}
      </ul>
      {shown.length > 0 && (
        <ul className="mt-4 divide-y divide-line border-line border-t">
          {shown.map((vm) => (
            <li key={vm.id} className="flex items-center justify-between gap-3 py-2">
              <Link href={vmPath(vm.id)} className="min-w-0 truncate font-medium hover:underline">
                {vm.name}
              </Link>
              <StateBadge state={vm.state} />
            </li>
          ))}
        </ul>
      )}
    </CardSection>
  );
}

interface TaskCardProps {
  readonly title: string;
  readonly states: string;
  readonly empty: string;
}

function TaskCard({ title, states, empty }: TaskCardProps) {
  const { items, isLoaded } = useTasks(states);
  if (!isLoaded) return <Skeleton className="h-48" />;
  return (
    <CardSection title={title} actions={items.length > 0 && <More href="/tasks" />}>
      {items.length === 0 ? (
        <p className="text-muted">{empty}</p>
      ) : (
        <ul className="divide-y divide-line">
          {items.slice(0, SHOWN).map((task) => (
            <li key={task.id} className="flex items-center justify-between gap-3 py-2 first:pt-0">
              <span className="min-w-0">
                <span className="block truncate font-medium">{task.resource.name}</span>
                <span className="block text-faint text-xs">{task.kind}</span>
              </span>
              <TaskStateBadge task={task} />
            </li>
          ))}
        </ul>
      )}
    </CardSection>
  );
}

function More({ href }: { readonly href: string }): ReactNode {
  const t = useText();
  return (
    <Link href={href} className="text-accent-text text-sm hover:underline">
      {t('dashboard.all')}
    </Link>
  );
}
