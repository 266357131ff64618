import type { Problem } from '@/server/api/problem';
import type { Vm } from '@/server/api/vms';

export function someVm(parts: Partial<Vm> = {}): Vm {
  return {
    id: 'vm-1',
    name: 'linux-1',
    image: 'default',
    vcpus: 1,
    memoryBytes: 128 * 1024 * 1024,
    cmdline: '',
    state: 'stopped',
    stateSince: '2026-01-01T00:00:00.000Z',
    crash: null,
    waitingFor: null,
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
