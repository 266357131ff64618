import { type PortAccess, VcpuSlot } from '../cpu/vcpu-slot';
import { PortBus } from '../machine/bus';
import { PORTS } from '../machine/ports';
import { EventFd } from '../sys/files';
import { watchReadable } from '../sys/poll';
import { DebugExit, I8042, type MachineControl, ResetControl } from './power';
import { Rtc } from './rtc';

/**
 * Owns the state of every device but the UART, as ordinary objects of one thread. Its doorbell
 * rings when a vCPU hands an access over; that vCPU sleeps until the access is answered.
 */
export class DeviceHost {
  readonly doorbell = EventFd.create();
  private slots: readonly VcpuSlot[] = [];
  private ports = new PortBus();

  constructor() {
    watchReadable(this.doorbell.fd, () => {
      this.doorbell.clear();
      for (const slot of this.slots) slot.answer(this.serve);
    });
  }

  /** Fresh devices, for the vCPUs of a machine that is about to run. */
  attach(slots: readonly SharedArrayBuffer[], control: MachineControl, debugExit: boolean): void {
    this.slots = slots.map((state) => new VcpuSlot(state));
    this.ports = new PortBus();
    this.ports.attach(PORTS.i8042.first, PORTS.i8042.count, new I8042(control));
    this.ports.attach(PORTS.rtc.first, PORTS.rtc.count, new Rtc(() => new Date()));
    this.ports.attach(
      PORTS.resetControl.first,
      PORTS.resetControl.count,
      new ResetControl(control),
    );
    if (debugExit) {
      this.ports.attach(PORTS.debugExit.first, PORTS.debugExit.count, new DebugExit(control));
    }
  }

  private readonly serve = ({ port, size, isWrite, value }: PortAccess): number => {
    if (!isWrite) return this.ports.read(port, size);
    this.ports.write(port, size, value);
    return 0;
  };
}
