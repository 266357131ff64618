import type { Crash, Vm, VmState } from '../api/vms';
import type { MachineReport } from '../host/agent';
import { startInterrupted } from './vm-problems';
import type { DesiredState, StoredVm } from './vm-store';

export interface Reconciled {
  readonly desired: DesiredState;
  /** What is different from what the database says; undefined when nothing is. */
  readonly changes?: {
    readonly state: VmState;
    readonly since?: string;
    readonly crash?: Crash | null;
    readonly problem?: Vm['problem'];
  };
  /** The machine runs, but was asked to stop. */
  readonly stop: boolean;
}

/** Brings together what the last console knew of a machine and what the host found. */
export function reconcile(
  { vm, desired }: StoredVm,
  report: MachineReport | undefined,
): Reconciled {
  if (report === undefined) return withoutMonitor(vm, desired);
  const { state, since } = report;
  if (state === 'stopped') {
    return { desired: 'stopped', stop: false, ...unless(vm, { state, since }) };
  }
  if (state === 'crashed') {
    // A monitor that ended while it was being stopped has done what it was asked to do.
    const changes: Reconciled['changes'] =
      desired === 'stopped' && vm.state !== 'crashed'
        ? { state: 'stopped', since }
        : { state, since, crash: report.crash ?? null };
    return { desired: 'stopped', stop: false, changes };
  }
  return { desired, stop: desired === 'stopped', ...unless(vm, { state, since, crash: null }) };
}

function withoutMonitor(vm: Vm, desired: DesiredState): Reconciled {
  switch (vm.state) {
    case 'stopped':
    case 'crashed':
      return { desired: 'stopped', stop: false };
    case 'starting':
      return {
        desired: 'stopped',
        stop: false,
        changes: { state: 'stopped', problem: startInterrupted() },
      };
    default:
      return {
        desired: 'stopped',
        stop: false,
        changes:
          desired === 'stopped'
            ? { state: 'stopped' }
            : { state: 'crashed', crash: lostMonitor(new Date().toISOString()) },
      };
  }
}

/** The run directory itself is gone: most often the host was started anew. */
export function lostMonitor(at: string): Crash {
  return {
    reason: 'monitor-killed',
    message: 'This machine ran when the console stopped, and now nothing is left of its monitor.',
    hint: 'Most likely the host was restarted. Start the machine again.',
    at,
    lastLines: [],
  };
}

function unless(vm: Vm, changes: NonNullable<Reconciled['changes']>): Pick<Reconciled, 'changes'> {
  return vm.state === changes.state ? {} : { changes };
}
