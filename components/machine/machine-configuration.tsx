'use client';

import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { Vm } from '@/server/api/vms';
import { formatBytes } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { useForbidden } from '../session/use-forbidden';
import { Button } from '../ui/button';
import { CardSection } from '../ui/card';
import { Fact, Facts } from '../ui/facts';
import { Notice } from '../ui/notice';
import { onDemand } from '../ui/on-demand';
import { VmImage } from '../vms/vm-image';

// Fetched by who changes something.
const EditMachineDialog = onDemand(() =>
  import('./edit-machine-dialog').then((module) => module.EditMachineDialog),
);

const RESTART = {
  never: 'create.restartNever',
  'on-crash': 'create.restartOnCrash',
  always: 'create.restartAlways',
} as const;
const PAGES = {
  transparent: 'create.pagesTransparent',
  small: 'create.pagesSmall',
  hugetlb: 'create.pagesHuge',
} as const;

/** What the machine is made of, and the way to change it. */
export function MachineConfiguration({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const forbidden = useForbidden();
  const [isEditing, setIsEditing] = useState(false);
  const { boot, cpu, memory, rng, restart, autostart } = vm.config;
  const yesOrNo = (value: boolean) => t(value ? 'common.yes' : 'common.no');
  return (
    <CardSection
      id="configuration"
      title={t('machine.configuration')}
      actions={
        <Button disabledReason={forbidden} onClick={() => setIsEditing(true)}>
          <Pencil aria-hidden /> {t('machine.edit')}
        </Button>
      }
    >
      {vm.pendingChange && (
        <Notice tone="warning" title={t('machine.changePending')} className="mb-4" />
      )}
      <div className="grid gap-x-10 xl:grid-cols-2">
        <Facts>
          <Fact name={t('create.image')}>
            <VmImage vm={vm} />
          </Fact>
          <Fact name={t('create.cmdlineShort')}>
            {boot.cmdline === '' ? (
              <span className="font-normal text-faint">{t('machine.factNothing')}</span>
            ) : (
              <code className="break-all font-mono font-normal text-xs">{boot.cmdline}</code>
            )}
          </Fact>
          <Fact name={t('create.vcpus')}>{cpu.count}</Fact>
          <Fact name={t('create.cpuTemplate')}>
            {t(cpu.template === 'host' ? 'create.cpuHost' : 'create.cpuBaseline')}
          </Fact>
          <Fact name={t('create.memory')}>{formatBytes(memory.bytes)}</Fact>
        </Facts>
        <Facts>
          <Fact name={t('create.pages')}>{t(PAGES[memory.pages])}</Fact>
          <Fact name={t('create.balloon')}>{yesOrNo(memory.balloon)}</Fact>
          <Fact name={t('create.rng')}>{yesOrNo(rng)}</Fact>
          <Fact name={t('create.restart')}>{t(RESTART[restart])}</Fact>
          <Fact name={t('create.autostart')}>{yesOrNo(autostart)}</Fact>
        </Facts>
      </div>
      {isEditing && <EditMachineDialog vm={vm} onClose={() => setIsEditing(false)} />}
    </CardSection>
  );
}
