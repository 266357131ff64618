import type { VmConfig } from '../api/vm-config';
import type { DiskSpec, MachineSpec } from '../host/agent';
import type { BootImage } from '../images/image-builder';

/** A machine as its host is told of it. */
export function specOf(
  id: string,
  { boot, cpu, memory, rng, restart }: VmConfig,
  image: BootImage,
  disks: readonly DiskSpec[],
): MachineSpec {
  return {
    id,
    vcpus: cpu.count,
    cpuTemplate: cpu.template,
    memoryBytes: memory.bytes,
    memoryPages: memory.pages,
    balloon: memory.balloon,
    rng,
    restart,
    kernel: image.kernel,
    ...(image.initrd === undefined ? {} : { initrd: image.initrd }),
    cmdline: [image.cmdline, boot.cmdline].filter(Boolean).join(' '),
    disks,
  };
}
