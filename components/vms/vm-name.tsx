'use client';

import Link from 'next/link';
import type { Vm } from '@/server/api/vms';
import { vmPath } from './vm-paths';

/** The way to a machine's page; it fills its row, so that the whole row can be pressed. */
export function VmName({ vm }: { readonly vm: Vm }) {
  return (
    <Link
      href={vmPath(vm.id)}
      title={vm.name}
      className="line-clamp-2 font-medium text-ink [overflow-wrap:anywhere] after:absolute after:inset-0 after:rounded-md hover:text-accent-text focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent-text focus-visible:after:outline-offset-[-2px]"
    >
      {vm.name}
    </Link>
  );
}
