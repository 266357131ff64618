import { FLAG } from '../kvm/abi';
import type { IrqRoute, Vm } from '../kvm/vm';
import { close, EventFd } from '../sys/files';

const PIC_PINS = 8;
const IO_APIC_PINS = 24;
/** The second PIC hangs on this pin of the first. */
const CASCADE = 2;

/** What KVM has by itself: GSI n is pin n of the I/O APIC, and below 16 also of the PICs. */
const CONTROLLER_ROUTES: readonly IrqRoute[] = Array.from({ length: IO_APIC_PINS }, (_, gsi) => {
  const routes: IrqRoute[] = [{ gsi, irqchip: FLAG.KVM_IRQCHIP_IOAPIC, pin: gsi }];
  if (gsi < 2 * PIC_PINS && gsi !== CASCADE) {
    const irqchip = gsi < PIC_PINS ? FLAG.KVM_IRQCHIP_PIC_MASTER : FLAG.KVM_IRQCHIP_PIC_SLAVE;
    routes.push({ gsi, irqchip, pin: gsi % PIC_PINS });
  }
  return routes;
}).flat();

/** The message of a message-signalled interrupt: what the device writes where. */
export interface MsiMessage {
  readonly addressLow: number;
  readonly addressHigh: number;
  readonly data: number;
}

/** An interrupt that a device can raise from any thread by its eventfd. */
export interface MsiLine {
  trigger(): void;
  /** Takes effect at once; costly, so only call it with another message than before. */
  setMessage(message: MsiMessage): void;
}

/** What devices need of it; tests give a fake. */
export interface MsiLines {
  newLine(): MsiLine;
}

/** The VM's interrupt table: pins of the controllers, and a line for each MSI-X vector in use. */
export class InterruptRouter implements MsiLines {
  private readonly messages: IrqRoute[] = [];
  private readonly lines: { readonly event: EventFd; readonly gsi: number }[] = [];

  constructor(private readonly vm: Vm) {}

  newLine(): MsiLine {
    const gsi = IO_APIC_PINS + this.lines.length;
    const event = EventFd.create();
    this.lines.push({ event, gsi });
    let isAssigned = false;
    return {
      trigger: () => event.signal(),
      setMessage: (message) => {
        const at = gsi - IO_APIC_PINS;
        this.messages[at] = { gsi, ...message };
        this.vm.setIrqRouting([...CONTROLLER_ROUTES, ...this.messages.filter(Boolean)]);
        if (!isAssigned) this.vm.assignIrqfd(event.fd, gsi);
        isAssigned = true;
      },
    };
  }

  /** The VM takes the irqfds with it. */
  release(): void {
    for (const { event } of this.lines) close(event.fd);
  }
}
