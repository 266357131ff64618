import type { Problem } from '@/server/api/problem';
import { vmConfigSchema } from '@/server/api/vm-config';
import type { Vm } from '@/server/api/vms';

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

export function someProblem(parts: Partial<Problem> = {}): Problem {
  return {
    type: 'about:blank',
    title: 'Wrong state',
    status: 409,
    code: 'wrong-state',
    detail: 'The machine is running.',
    hint: 'Stop it first.',
    ...parts,
  };
}
