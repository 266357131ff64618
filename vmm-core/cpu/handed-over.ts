import type { Bus, BusDevice } from '../machine/bus';
import { DEVICE_HOST_PORTS } from '../machine/ports';
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
  return DEVICE_HOST_PORTS.map(({ first, count }) => ({
    first,
    count,
    device: {
      widest: 4,
      read: (offset, size) => slot.askRead(false, first + offset, size, ring),
      write: (offset, size, value) => slot.askWrite(false, first + offset, size, value, ring),
    },
  }));
}

/** All memory-mapped I/O is the device host's. */
export function handedOverMemory(slot: VcpuSlot, doorbell: EventFd): Bus {
  const ring = (): void => doorbell.signal();
  return {
    read: (address, size) => slot.askRead(true, address, size, ring),
    write: (address, size, value) => slot.askWrite(true, address, size, value, ring),
  };
}
