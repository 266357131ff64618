import { allows, type VmAction } from '@/server/api/vm-actions';
import type { Vm, VmState } from '@/server/api/vms';

/** What can be done with several machines at once, in the order of the bar. */
export const BULK_ACTIONS = ['start', 'shutdown', 'stop', 'pause', 'resume', 'delete'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number] & VmAction;

/** What an action does to the machines that are chosen. */
export interface BulkPlan {
  readonly affected: readonly Vm[];
  /** How many of `affected` are in which state. */
  readonly byState: readonly { readonly state: VmState; readonly count: number }[];
  /** Those whose state does not allow it; they are left alone. */
  readonly left: readonly Vm[];
}

export function bulkPlan(vms: readonly Vm[], action: BulkAction): BulkPlan {
  const affected = vms.filter(({ state }) => allows(state, action));
  const counts = new Map<VmState, number>();
  for (const { state } of affected) counts.set(state, (counts.get(state) ?? 0) + 1);
  return {
    affected,
    byState: [...counts].map(([state, count]) => ({ state, count })),
    left: vms.filter((vm) => !affected.includes(vm)),
  };
}
