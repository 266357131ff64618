'use client';

import type { Vm } from '@/server/api/vms';
import { formatBytes } from '../../i18n/format';
import { useText } from '../../i18n/use-text';

/** What a machine is given. */
export function VmSize({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const { cpu, memory } = vm.config;
  return t('vms.size', { vcpus: cpu.count, memory: formatBytes(memory.bytes) });
}
