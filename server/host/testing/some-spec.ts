import type { MachineSpec } from '../agent';

/** The machine that tests of the agent start. */
export function someSpec(id: string, cmdline = ''): MachineSpec {
  return {
    id,
    vcpus: 1,
    cpuTemplate: 'host',
    memoryBytes: 64 * 1024 * 1024,
    memoryPages: 'small',
    balloon: true,
    rng: true,
    restart: 'never',
    kernel: '/kernel',
    cmdline,
    disks: [],
  };
}
