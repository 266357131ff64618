import type { BusDevice } from '../machine/bus';
import { PORTS } from '../machine/ports';
import type { EventFd } from '../sys/files';
import type { VcpuSlot } from './vcpu-slot';

interface Attachment {
  readonly first: number;
  readonly count: number;
  readonly device: BusDevice;
}

/** Ports whose devices the device host owns: the vCPU hands each access over and waits. */
export function handedOverPorts(slot: VcpuSlot, doorbell: EventFd): readonly Attachment[] {
  const ring = (): void => doorbell.signal();
  const owned = [PORTS.i8042, PORTS.rtc, PORTS.debugExit, PORTS.resetControl];
  return owned.map(({ first, count }) => ({
    first,
    count,
    device: {
      widest: 4,
      read: (offset, size) => slot.ask(first + offset, size, false, 0, ring),
      write: (offset, size, value) => {
        slot.ask(first + offset, size, true, value, ring);
      },
    },
  }));
}
