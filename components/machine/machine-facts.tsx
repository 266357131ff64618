'use client';

import type { ReactNode } from 'react';
import { useImages } from '@/components/api/queries';
import { formatBytes, formatDateTime } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import { CardSection } from '@/components/ui/card';
import type { VmSample } from '@/server/api/metrics';
import type { Vm } from '@/server/api/vms';
import { VmImage } from '../vms/vm-image';
import { VmTags } from '../vms/vm-tags';

interface MachineFactsProps {
  readonly vm: Vm;
  readonly latest: VmSample | undefined;
}

/** What the machine is made of. */
export function MachineFacts({ vm, latest }: MachineFactsProps) {
  const t = useText();
  const { boot } = vm.config;
  const image = useImages().data?.find(({ id }) => boot.from === 'default' && id === 'default');
  const kernel =
    image?.status.state === 'ready'
      ? t('machine.imageKernel', { version: image.status.kernelVersion })
      : undefined;
  return (
    <CardSection title={t('machine.factsTitle')} className="min-w-0">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2.5">
        <Fact label={t('machine.factVcpus')}>{vm.config.cpu.count}</Fact>
        <Fact label={t('machine.factMemory')}>{formatBytes(vm.config.memory.bytes)}</Fact>
        <Fact label={t('machine.factImage')}>
          <VmImage vm={vm} />
          {kernel && <span className="text-muted"> · {kernel}</span>}
        </Fact>
        <Fact label={t('machine.factCmdline')}>
          {vm.config.boot.cmdline === '' ? (
            <span className="text-faint">{t('machine.factNothing')}</span>
          ) : (
            <code className="break-all font-mono text-xs">{vm.config.boot.cmdline}</code>
          )}
        </Fact>
        {vm.notes !== '' && (
          <Fact label={t('machine.factNotes')}>
            <span className="whitespace-pre-line break-words">{vm.notes}</span>
          </Fact>
        )}
        {vm.tags.length > 0 && (
          <Fact label={t('machine.factTags')}>
            <VmTags tags={vm.tags} />
          </Fact>
        )}
        <Fact label={t('machine.factCreated')}>
          <time dateTime={vm.createdAt}>{formatDateTime(vm.createdAt)}</time>
        </Fact>
        <Fact label={t('machine.factSince')}>
          <time dateTime={vm.stateSince}>{formatDateTime(vm.stateSince)}</time>
        </Fact>
        {latest && (
          <Fact label={t('machine.factConsole')}>
            {formatBytes(latest.totals.consoleOutputBytes)}
          </Fact>
        )}
        <Fact label={t('machine.factId')}>
          <code className="break-all font-mono text-xs">{vm.id}</code>
        </Fact>
      </dl>
    </CardSection>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 tabular-nums">{children}</dd>
    </>
  );
}
