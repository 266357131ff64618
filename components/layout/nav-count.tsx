'use client';

import { useTasks } from '../api/lists';
import { useHost, useImages, useVms } from '../api/queries';
import { formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';

/** What is worth knowing of a place before one goes there: running machines, a build, a fault. */
export function NavCount({ href }: { readonly href: string }) {
  if (href === '/machines') return <RunningMachines />;
  if (href === '/images') return <ImageBuild />;
  if (href === '/tasks') return <RunningTasks />;
  if (href === '/host') return <HostFault />;
  return null;
}

const NUMBER = 'rounded-full px-1.5 text-xs tabular-nums';

function RunningMachines() {
  const t = useText();
  const running = useVms().data?.filter(({ state }) => state === 'running').length ?? 0;
  if (running === 0) return null;
  return (
    <span className={`${NUMBER} bg-running-soft text-running`}>
      <span aria-hidden>{running}</span>
      <span className="sr-only">{t('vms.countRunning', { count: running })}</span>
    </span>
  );
}

function RunningTasks() {
  const t = useText();
  const running = useTasks('queued,running').items.length;
  if (running === 0) return null;
  return (
    <span className={`${NUMBER} bg-busy-soft text-busy`}>
      <span aria-hidden>{running}</span>
      <span className="sr-only">{t('tasks.countRunning', { count: running })}</span>
    </span>
  );
}

function ImageBuild() {
  const t = useText();
  const status = useImages().data?.[0]?.status;
  if (status?.state === 'building') {
    return (
      <span className={`${NUMBER} bg-busy-soft text-busy`}>{formatPercent(status.fraction)}</span>
    );
  }
  return status?.state === 'failed' ? <Fault label={t('images.failed')} /> : null;
}

function HostFault() {
  const t = useText();
  return useHost().data?.kvm.available === false ? <Fault label={t('host.kvmMissing')} /> : null;
}

function Fault({ label }: { readonly label: string }) {
  return (
    <span className={`${NUMBER} bg-crashed-soft font-semibold text-crashed`}>
      <span aria-hidden>!</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}
