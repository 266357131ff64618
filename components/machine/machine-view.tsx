'use client';

import {
  Activity,
  Braces,
  ChartLine,
  FileText,
  HardDrive,
  History,
  SearchX,
  SquareTerminal,
} from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { ApiError } from '@/components/api/api-error';
import { useVm } from '@/components/api/queries';
import { useText } from '@/components/i18n/use-text';
import { buttonStyle } from '@/components/ui/button-style';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorNotice } from '@/components/ui/error-notice';
import { focusMainIfLost } from '@/components/ui/focus-main';
import { onDemand } from '@/components/ui/on-demand';
import { Skeleton } from '@/components/ui/skeleton';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import type { Vm } from '@/server/api/vms';
import { MachineHeader } from './machine-header';
import { MachineNotices } from './machine-notices';
import { MachineOverview } from './machine-overview';
import { MachineSkeleton } from './machine-skeleton';
import { useMachineTab } from './machine-tabs';

/** The terminal is the heaviest part of all pages; who only looks at charts does not load it. */
const TerminalView = dynamic(
  () => import('../console/terminal-view').then((module) => module.TerminalView),
  { ssr: false, loading: () => <Skeleton className="h-[calc(100dvh-17rem)] min-h-[22rem]" /> },
);

/** Each tab but the first is fetched when it is opened. */
const MachineHardware = onDemand(() =>
  import('./machine-hardware').then((module) => module.MachineHardware),
);
const MachineMetrics = onDemand(() =>
  import('./machine-metrics').then((module) => module.MachineMetrics),
);
const MachineEvents = onDemand(() =>
  import('./machine-events').then((module) => module.MachineEvents),
);
const MachineLog = onDemand(() => import('./machine-log').then((module) => module.MachineLog));
const MachineApi = onDemand(() => import('./machine-api').then((module) => module.MachineApi));

const NOT_FOUND = 404;

/** The page of one machine. */
export function MachineView({ id }: { readonly id: string }) {
  const t = useText();
  const { data: vm, error, refetch, isFetching } = useVm(id);
  if (error instanceof ApiError && error.status === NOT_FOUND) return <MachineNotFound />;
  if (vm !== undefined) return <Machine vm={vm} />;
  if (error === null) return <MachineSkeleton />;
  return (
    <ErrorNotice
      title={t('machine.loadFailed')}
      error={error}
      retrying={isFetching}
      onRetry={() => void refetch()}
    />
  );
}

function Machine({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const router = useRouter();
  const [tab, open] = useMachineTab();
  // Once it was open, the terminal stays: where one was reading, and what one searched for.
  const [consoleWasOpen, setConsoleWasOpen] = useState(false);
  useEffect(() => {
    if (tab === 'console') setConsoleWasOpen(true);
  }, [tab]);
  useEffect(() => {
    document.title = `${vm.name} · ${t('common.product')}`;
  }, [vm.name, t]);
  return (
    <div className="flex flex-col gap-5">
      <MachineHeader vm={vm} onDeleted={() => router.push('/machines')} />
      <Tabs
        label={t('machine.tabs')}
        tabs={[
          { value: 'overview', label: t('machine.tabOverview'), icon: <Activity aria-hidden /> },
          {
            value: 'console',
            label: t('machine.tabConsole'),
            icon: <SquareTerminal aria-hidden />,
          },
          {
            value: 'hardware',
            label: t('machine.tabHardware'),
            icon: <HardDrive aria-hidden />,
          },
          {
            value: 'metrics',
            label: t('machine.tabMetrics'),
            icon: <ChartLine aria-hidden />,
          },
          { value: 'events', label: t('machine.tabEvents'), icon: <History aria-hidden /> },
          { value: 'log', label: t('machine.tabLog'), icon: <FileText aria-hidden /> },
          { value: 'api', label: t('reference.title'), icon: <Braces aria-hidden /> },
        ]}
        value={tab}
        onChange={open}
      >
        <div className="flex flex-col gap-4 pt-5 empty:hidden">
          <MachineNotices vm={vm} detailed={tab === 'overview'} />
        </div>
        <TabPanel value="overview" className="pt-5">
          <MachineOverview vm={vm} />
        </TabPanel>
        <TabPanel value="console" className="pt-5" keep={consoleWasOpen}>
          <TerminalView vm={vm} />
        </TabPanel>
        <TabPanel value="hardware" className="pt-5">
          <MachineHardware vm={vm} />
        </TabPanel>
        <TabPanel value="metrics" className="pt-5">
          <MachineMetrics vm={vm} />
        </TabPanel>
        <TabPanel value="events" className="flex flex-col gap-5 pt-5">
          <MachineEvents id={vm.id} />
        </TabPanel>
        <TabPanel value="log" className="pt-5">
          <MachineLog id={vm.id} />
        </TabPanel>
        <TabPanel value="api" className="pt-5">
          <MachineApi vm={vm} />
        </TabPanel>
      </Tabs>
    </div>
  );
}

function MachineNotFound() {
  const t = useText();
  useEffect(() => {
    document.title = `${t('machine.notFoundTitle')} · ${t('common.product')}`;
    // Somebody else may have deleted it while it was looked at.
    focusMainIfLost();
  }, [t]);
  return (
    <EmptyState
      icon={<SearchX />}
      title={t('machine.notFoundTitle')}
      actions={
        <Link href="/machines" className={buttonStyle()}>
          {t('common.toMachines')}
        </Link>
      }
    >
      {t('machine.notFoundHint')}
    </EmptyState>
  );
}
