import type { MessagePort } from 'node:worker_threads';
import { Serial } from '../devices/serial';
import { Vcpu } from '../kvm/vcpu';
import { Vm } from '../kvm/vm';
import { PortBus } from '../machine/bus';
import { type ConsoleHandle, ConsoleWriter } from '../machine/console-writer';
import { COM1_IRQ, PORTS } from '../machine/ports';
import { GuestMemory, type GuestMemoryHandle } from '../memory/guest-memory';
import { EventFd } from '../sys/files';
import { nameThread, threadId } from '../sys/threads';
import { describeCrash } from './crash';
import { handedOverMemory, handedOverPorts } from './handed-over';
import { quirkHandlers } from './quirks/handlers';
import type { HostQuirks } from './quirks/host-quirks';
import type { XsaveComponent } from './quirks/xsave';
import { type RefusedScheduling, scheduleThisThread, type ThreadScheduling } from './scheduling';
import { type VcpuEnd, VcpuLoop } from './vcpu-loop';
import { VcpuSlot } from './vcpu-slot';

/** All a thread needs to run one vCPU; numbers and shared memory only, for it crosses threads. */
export interface VcpuAssignment {
  readonly index: number;
  readonly vcpuFd: number;
  readonly vmFd: number;
  readonly runSize: number;
  readonly memory: GuestMemoryHandle;
  readonly slot: SharedArrayBuffer;
  readonly serial: SharedArrayBuffer;
  readonly console: ConsoleHandle;
  /** The device host's eventfd. */
  readonly doorbellFd: number;
  readonly quirks: HostQuirks;
  readonly xsaveComponents: readonly XsaveComponent[];
}

export type VcpuOrder =
  | { readonly type: 'run'; readonly assignment: VcpuAssignment }
  | { readonly type: 'schedule'; readonly scheduling: ThreadScheduling };

export type VcpuMessage =
  | { readonly type: 'scheduled'; readonly refused: RefusedScheduling | undefined }
  | { readonly type: 'paused' }
  | { readonly type: 'ended'; readonly end: VcpuEnd };

/** The life of a vCPU thread: wait for an assignment, run it to its end, say how it ended, again. */
export function serveVcpus(port: MessagePort): void {
  const tell = (message: VcpuMessage): void => port.postMessage(message);
  port.on('message', (order: VcpuOrder) => {
    if (order.type === 'schedule') {
      tell({ type: 'scheduled', refused: scheduleThisThread(order.scheduling) });
    } else {
      tell({ type: 'ended', end: runVcpu(order.assignment, () => tell({ type: 'paused' })) });
    }
  });
}

function runVcpu(assignment: VcpuAssignment, onPaused: () => void): VcpuEnd {
  const vm = new Vm(assignment.vmFd, assignment.runSize);
  const vcpu = new Vcpu(assignment.vcpuFd, assignment.runSize);
  const slot = new VcpuSlot(assignment.slot);
  slot.threadId = threadId();
  nameThread(`vcpu${assignment.index}`);

  const console = new ConsoleWriter(assignment.console);
  const serial = new Serial(assignment.serial, {
    transmit: (byte) => console.write(byte),
    setInterrupt: (level) => vm.setIrqLine(COM1_IRQ, level),
  });
  const ports = new PortBus();
  ports.attach(PORTS.com1.first, PORTS.com1.count, serial);
  const doorbell = EventFd.of(assignment.doorbellFd);
  for (const { first, count, device } of handedOverPorts(slot, doorbell)) {
    ports.attach(first, count, device);
  }

  const memory = handedOverMemory(slot, doorbell);
  const ram = new GuestMemory(assignment.memory);
  const quirks = quirkHandlers(assignment.quirks, vcpu, ram, assignment.xsaveComponents, slot);
  try {
    return new VcpuLoop(vcpu, slot, ports, memory, quirks, onPaused).run();
  } catch (error) {
    // A fault of ours that this guest has found: it takes down this guest and nothing else.
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`vCPU thread: ${what}\n`);
    const message = 'the monitor met an error of its own while it served the guest';
    return { kind: 'crashed', crash: describeCrash(vcpu, 'monitor-failure', message) };
  } finally {
    vcpu.unmap();
  }
}
