'use client';

import type { Vm } from '@/server/api/vms';
import { useStoredImages } from '../api/lists';
import { useImages } from '../api/queries';

/** What a machine boots from, by name. */
export function VmImage({ vm }: { readonly vm: Vm }) {
  const { boot } = vm.config;
  const standard = useImages().data?.[0]?.name;
  const stored = useStoredImages().data;
  if (boot.from === 'default') return standard;
  return stored?.find(({ id }) => id === boot.kernelId)?.name ?? '–';
}
