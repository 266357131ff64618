'use client';

import { useImages } from '@/components/api/queries';
import { formatPercent } from '@/components/i18n/format';
import { useReader } from '@/components/i18n/language-provider';
import { Notice } from '@/components/ui/notice';
import type { Vm } from '@/server/api/vms';
import { CrashReport } from './crash-report';

interface MachineNoticesProps {
  readonly vm: Vm;
  /** Whether there is room for details. */
  readonly detailed: boolean;
}

/** What a person has to know before anything else on the machine's page. */
export function MachineNotices({ vm, detailed }: MachineNoticesProps) {
  const { t, say } = useReader();
  return (
    <>
      {vm.problem && (
        <Notice tone="error" title={t('machine.lastStartFailed')}>
          <p>{say(vm.problem.detail)}</p>
          <p>{say(vm.problem.hint)}</p>
        </Notice>
      )}
      {vm.silentSince && (
        <Notice tone="error" title={t('machine.silent')}>
          <p>{t('machine.silentHint')}</p>
        </Notice>
      )}
      {vm.waitingFor && <WaitingNotice reason={vm.waitingFor} />}
      {vm.crash && <CrashReport name={vm.name} crash={vm.crash} open={detailed} />}
    </>
  );
}

/** A start that waits, mostly for the image to be built, with how far that is. */
function WaitingNotice({ reason }: { readonly reason: string }) {
  const { t, say } = useReader();
  const status = useImages().data?.find(({ id }) => id === 'default')?.status;
  const building = status?.state === 'building' ? status : undefined;
  return (
    <Notice tone="info" title={t('machine.waiting', { reason: say(reason) })}>
      {building && (
        <>
          <p className="flex flex-wrap justify-between gap-x-4 tabular-nums">
            <span>{say(building.step)}</span>
            <span>{formatPercent(building.fraction)}</span>
          </p>
          <progress
            aria-label={say(building.step)}
            value={building.fraction}
            max={1}
            className="mt-1.5 block h-1.5 w-full max-w-xl appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent [&::-webkit-progress-value]:transition-[width]"
          />
          <p className="mt-2 text-sm">{t('machine.buildHint')}</p>
        </>
      )}
    </Notice>
  );
}
