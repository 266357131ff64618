'use client';

import type { Vm } from '@/server/api/vms';
import { MachineDisks } from '../disks/machine-disks';
import { MachineConfiguration } from './machine-configuration';

/** What a machine is made of, and its disks. */
export function MachineHardware({ vm }: { readonly vm: Vm }) {
  return (
    <div className="flex flex-col gap-5">
      <MachineConfiguration vm={vm} />
      <MachineDisks vm={vm} />
    </div>
  );
}
