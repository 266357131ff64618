'use client';

import { formatBytes } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import { PageHeader } from '@/components/layout/page-header';
import { StateBadge } from '@/components/vms/state-badge';
import { VmActions } from '@/components/vms/vm-actions';
import type { Vm } from '@/server/api/vms';
import { StateSince } from './state-since';

interface MachineHeaderProps {
  readonly vm: Vm;
  readonly onDeleted: () => void;
}

export function MachineHeader({ vm, onDeleted }: MachineHeaderProps) {
  const t = useText();
  return (
    <PageHeader
      title={vm.name}
      description={
        <div className="mt-1.5 flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span role="status">
            <StateBadge state={vm.state} />
          </span>
          <StateSince since={vm.stateSince} />
          <span aria-hidden className="hidden text-faint sm:inline">
            ·
          </span>
          <span>
            {t('machine.size', {
              vcpus:
                vm.config.cpu.count === 1
                  ? t('machine.vcpuOne')
                  : t('machine.vcpuOther', { count: vm.config.cpu.count }),
              memory: formatBytes(vm.config.memory.bytes),
            })}
          </span>
        </div>
      }
      actions={<VmActions vm={vm} onDeleted={onDeleted} />}
    />
  );
}
