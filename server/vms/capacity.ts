import type { Settings } from '../api/settings';
import type { VmConfig } from '../api/vm-config';
import type { HostFacts } from '../host/agent';
import { diskNearlyFull, memoryCommitted, tooMuchMemory, vcpusCommitted } from './vm-problems';

export type Limits = Settings['capacity'];

/** A machine that no overcommit can make room for. @throws ProblemError 422 */
export function checkFits({ memory }: VmConfig, host: HostFacts): void {
  if (memory.bytes > host.memoryBytes) throw tooMuchMemory(host.memoryBytes);
}

/**
 * Whether one more machine may start.
 * @param running configurations of those that have a monitor, or are about to
 * @throws ProblemError 409 beyond a limit of the administrator, 507 when the disk is nearly full
 */
export function checkRoom(
  wanted: VmConfig,
  running: readonly VmConfig[],
  host: HostFacts,
  limits: Limits,
): void {
  checkFits(wanted, host);
  const memory = sum(running, (config) => config.memory.bytes);
  const memoryLimit = host.memoryBytes * limits.memoryOvercommit;
  if (memory + wanted.memory.bytes > memoryLimit) {
    throw memoryCommitted(wanted.memory.bytes, memory, memoryLimit);
  }
  const vcpus = sum(running, (config) => config.cpu.count);
  const vcpuLimit = Math.floor(host.cpus * limits.vcpuOvercommit);
  if (vcpus + wanted.cpu.count > vcpuLimit) {
    throw vcpusCommitted(wanted.cpu.count, vcpus, vcpuLimit);
  }
  if (host.dataFreeBytes < limits.freeDiskBytes) {
    throw diskNearlyFull(host.dataFreeBytes, limits.freeDiskBytes);
  }
}

function sum(configs: readonly VmConfig[], of: (config: VmConfig) => number): number {
  return configs.reduce((total, config) => total + of(config), 0);
}
