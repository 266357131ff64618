import { type DeviceAccess, VcpuSlot } from '../cpu/vcpu-slot';
import type { Bus } from '../machine/bus';
import { EventFd } from '../sys/files';
import { watchReadable } from '../sys/poll';

/** What vCPUs hand over is for these. */
export interface DeviceBuses {
  readonly ports: Bus;
  readonly memory: Bus;
}

/**
 * Serves what vCPUs hand over, on this thread, which owns all device state but the UART's. Its
 * doorbell rings when a vCPU hands an access over; that vCPU sleeps until the access is answered.
 */
export class DeviceHost {
  readonly doorbell = EventFd.create();
  private slots: readonly VcpuSlot[] = [];
  private buses: DeviceBuses | undefined;

  constructor() {
    watchReadable(this.doorbell.fd, () => {
      this.doorbell.clear();
      for (const slot of this.slots) slot.answer(this.serve);
    });
  }

  /** The vCPUs and the devices of a machine that is about to run. */
  attach(slots: readonly SharedArrayBuffer[], buses: DeviceBuses): void {
    this.slots = slots.map((state) => new VcpuSlot(state));
    this.buses = buses;
  }

  private readonly serve = (access: DeviceAccess): number => {
    const bus = access.isMemory ? this.buses?.memory : this.buses?.ports;
    if (bus === undefined) return 0;
    if (!access.isWrite) return bus.read(access.address, access.size);
    bus.write(access.address, access.size, access.value);
    return 0;
  };
}
