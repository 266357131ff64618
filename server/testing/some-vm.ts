import { vmConfigSchema } from '../api/vm-config';
import type { Vm } from '../api/vms';

/** A machine that is off, for tests. */
export function someVm(parts: Partial<Vm> = {}): Vm {
  return {
    id: 'vm-1',
    name: 'linux-1',
    notes: '',
    tags: [],
    config: vmConfigSchema.parse({}),
    revision: 1,
    state: 'stopped',
    stateSince: '2026-01-01T00:00:00.000Z',
    pendingChange: false,
    crash: null,
    waitingFor: null,
    restartAt: null,
    shutdownIgnoredAt: null,
    silentSince: null,
    problem: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...parts,
  };
}
