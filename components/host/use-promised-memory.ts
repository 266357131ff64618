'use client';

import type { VmState } from '@/server/api/vms';
import { useVms } from '../api/queries';

/** A machine in one of these may take all the memory it was given. */
const HOLDS_MEMORY: ReadonlySet<VmState> = new Set(['starting', 'running', 'paused', 'stopping']);

/** @returns the bytes that machines may take, or nothing while that is not known */
export function usePromisedMemory(): number | undefined {
  return useVms()
    .data?.filter(({ state }) => HOLDS_MEMORY.has(state))
    .reduce((sum, { config }) => sum + config.memory.bytes, 0);
}
