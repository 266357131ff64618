import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type PortAccess, VcpuSlot } from '../cpu/vcpu-slot';
import { PortBus } from '../machine/bus';
import { PORTS } from '../machine/ports';
import { Epoll } from '../sys/epoll';
import { EventFd } from '../sys/files';
import { DebugExit, I8042, type MachineControl, ResetControl } from './power';
import { Rtc } from './rtc';

/** A machine to serve from now on, in place of the one before. */
export interface DeviceAssignment {
  readonly slots: readonly SharedArrayBuffer[];
  readonly debugExit: boolean;
}

export type DeviceMessage =
  | { readonly type: 'reset' }
  | { readonly type: 'exit'; readonly code: number };

/**
 * The thread that owns the state of every device but the UART. It sleeps in epoll; its doorbell
 * rings for accesses that vCPUs hand over and for assignments from the main thread.
 */
export function serveDevices(port: MessagePort, doorbellFd: number): never {
  const tell = (message: DeviceMessage): void => port.postMessage(message);
  const control: MachineControl = {
    reset: () => tell({ type: 'reset' }),
    exit: (code) => tell({ type: 'exit', code }),
  };
  const doorbell = EventFd.of(doorbellFd);
  const epoll = new Epoll();
  epoll.watch(doorbellFd);

  let slots: readonly VcpuSlot[] = [];
  let ports = new PortBus();
  const serve = ({ port, size, isWrite, value }: PortAccess): number => {
    if (!isWrite) return ports.read(port, size);
    ports.write(port, size, value);
    return 0;
  };

  for (;;) {
    epoll.wait(() => {
      doorbell.clear();
      const message = receiveMessageOnPort(port) as { message: DeviceAssignment } | undefined;
      if (message !== undefined) {
        slots = message.message.slots.map((state) => new VcpuSlot(state));
        ports = attachDevices(message.message, control);
      }
      for (const slot of slots) slot.answer(serve);
    });
  }
}

function attachDevices(assignment: DeviceAssignment, control: MachineControl): PortBus {
  const ports = new PortBus();
  ports.attach(PORTS.i8042.first, PORTS.i8042.count, new I8042(control));
  ports.attach(PORTS.rtc.first, PORTS.rtc.count, new Rtc(() => new Date()));
  ports.attach(PORTS.resetControl.first, PORTS.resetControl.count, new ResetControl(control));
  if (assignment.debugExit) {
    ports.attach(PORTS.debugExit.first, PORTS.debugExit.count, new DebugExit(control));
  }
  return ports;
}
