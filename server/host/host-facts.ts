import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, hostname, release, totalmem } from 'node:os';
import type { KvmStatus } from '../api/host';
import type { HostFacts } from './agent';

/** KVM's API has been at 12 since Linux 2.6.22, and a monitor refuses any other. */
const KVM_API_VERSION = 12;

/** @param quirks names of the KVM quirks that a monitor found on this host */
export async function readHostFacts(
  dataDirectory: string,
  kvmDevice: string,
  quirks: readonly string[],
): Promise<HostFacts> {
  const disk = await statfs(dataDirectory);
  const cores = cpus();
  return {
    hostname: hostname(),
    kernel: release(),
    cpuModel: cores[0]?.model.trim() || 'unknown',
    cpus: cores.length,
    memoryBytes: totalmem(),
    memoryAvailableBytes: memoryAvailable(),
    dataDirectory,
    dataFreeBytes: disk.bavail * disk.bsize,
    // Without what only root may use, so that free and used make up the whole.
    dataTotalBytes: (disk.blocks - disk.bfree + disk.bavail) * disk.bsize,
    kvm: readKvmStatus(kvmDevice, quirks),
  };
}

/** MemAvailable counts page cache that can be had back; what the library calls free does not. */
function memoryAvailable(): number {
  try {
    const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'latin1'));
    return line === null ? freemem() : Number(line[1]) * 1024;
  } catch {
    return freemem();
  }
}

/** Whether this process may open KVM's device, and what to do when not. */
export function readKvmStatus(device: string, quirks: readonly string[]): KvmStatus {
  try {
    closeSync(openSync(device, constants.O_RDWR));
    return { available: true, apiVersion: KVM_API_VERSION, quirks: [...quirks] };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { available: false, ...explain(device, code) };
  }
}

function explain(device: string, code: string): { detail: string; hint: string } {
  switch (code) {
    case 'ENOENT':
      return {
        detail: `There is no ${device}.`,
        hint:
          'Load the kernel module (modprobe kvm_intel or kvm_amd) and turn on virtualisation in the ' +
          'firmware; inside a virtual machine its host must allow nested virtualisation.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        detail: `This user may not open ${device}.`,
        hint: 'Add the user to the group kvm (usermod -aG kvm NAME), sign in again and restart the console.',
      };
    default:
      return {
        detail: `${device} cannot be opened: ${code}.`,
        hint: 'Look into the kernel log (dmesg) for messages of kvm.',
      };
  }
}
