'use client';

import type { Vm } from '@/server/api/vms';
import { formatBytes } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Since } from './since';
import { StateBadge } from './state-badge';
import { VmName } from './vm-name';
import { VmRemark } from './vm-remark';
import { VmRowActions } from './vm-row-actions';

/** Machines on a phone. */
export function VmCards({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  return (
    <ul className="divide-y divide-line">
      {vms.map((vm) => (
        <li key={vm.id} className="relative flex items-start gap-2 py-3 pr-2 pl-4">
          <div className="min-w-0 flex-1">
            <p className="min-w-0">
              <VmName vm={vm} />
            </p>
            <VmRemark vm={vm} />
            <div className="mt-2">
              <StateBadge state={vm.state} />
            </div>
            <p className="mt-1.5 text-muted text-xs tabular-nums">
              {t('vms.size', {
                vcpus: vm.config.cpu.count,
                memory: formatBytes(vm.config.memory.bytes),
              })}
              {' · '}
              <Since iso={vm.stateSince} />
            </p>
          </div>
          <div className="relative z-10">
            <VmRowActions vm={vm} />
          </div>
        </li>
      ))}
    </ul>
  );
}
