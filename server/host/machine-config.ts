import type { MachineConfig } from '../../vmm-core/machine/config';
import type { MachineSpec } from './agent';

/** Names of devices by which the console asks for their figures and changes them. */
export const BALLOON = 'balloon';
export const RNG = 'rng';

/** How often the guest's driver tells how its memory is used. */
const STATS_SECONDS = 2;

/** virtio 1.2, 5.2.6: what VIRTIO_BLK_T_GET_ID gives, and guests call the disk's serial number. */
const SERIAL_CHARACTERS = 20;

/** What a disk is called in its monitor and, as its serial number, in the guest. */
export function diskSerial(id: string): string {
  return id.replaceAll('-', '').slice(0, SERIAL_CHARACTERS);
}

/** A machine as its monitor is told of it. */
export function configOf(spec: MachineSpec): MachineConfig {
  return {
    id: spec.id,
    vcpus: spec.vcpus,
    cpu: { template: spec.cpuTemplate },
    memoryBytes: spec.memoryBytes,
    memoryPages: spec.memoryPages,
    restart: spec.restart,
    boot: {
      kernel: spec.kernel,
      ...(spec.initrd === undefined ? {} : { initrd: spec.initrd }),
      cmdline: spec.cmdline,
    },
    disks: spec.disks.map(({ id, path, readOnly }) => ({
      id: diskSerial(id),
      path,
      readOnly,
      cache: 'buffered',
      queues: 1,
    })),
    ...(spec.rng ? { rng: { id: RNG } } : {}),
    ...(spec.balloon
      ? {
          balloon: {
            id: BALLOON,
            targetBytes: 0,
            deflateOnOom: true,
            reporting: true,
            statsIntervalSeconds: STATS_SECONDS,
          },
        }
      : {}),
    debugExit: false,
  };
}
