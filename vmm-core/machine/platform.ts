import { AcpiPm } from '../devices/acpi-pm';
import type { DeviceBuses } from '../devices/device-host';
import { DebugExit, I8042, type MachineControl, ResetControl } from '../devices/power';
import { PvPanic } from '../devices/pvpanic';
import { Rtc } from '../devices/rtc';
import { Doorbells } from '../devices/virtio/doorbells';
import type { VirtioDevice } from '../devices/virtio/virtio-device';
import { VirtioPci } from '../devices/virtio/virtio-pci';
import type { Vm } from '../kvm/vm';
import type { GuestMemory } from '../memory/guest-memory';
import { PciBus } from '../pci/pci-bus';
import { ECAM, PCI_MMIO_32 } from './address-map';
import { MemoryBus, PortBus } from './bus';
import { InterruptRouter } from './interrupt-router';
import { PORTS, SCI_IRQ } from './ports';

export interface PlatformConfig {
  readonly debugExit: boolean;
  /** In the order in which the guest finds them on the bus. */
  readonly virtio: readonly VirtioDevice[];
}

/** All devices of one boot but the UART, wired to buses, interrupts and guest memory. */
export class Platform implements DeviceBuses {
  readonly ports = new PortBus();
  readonly memory = new MemoryBus();
  private readonly interrupts: InterruptRouter;
  private readonly doorbells: Doorbells;
  readonly virtio: readonly VirtioPci[];
  private readonly pm: AcpiPm;

  constructor(vm: Vm, ram: GuestMemory, config: PlatformConfig, control: MachineControl) {
    this.interrupts = new InterruptRouter(vm);
    this.doorbells = new Doorbells(vm);
    const pci = new PciBus(this.memory, PCI_MMIO_32, new ResetControl(control));
    this.virtio = config.virtio.map(
      (device) =>
        new VirtioPci(device, { memory: ram, msi: this.interrupts, doorbells: this.doorbells }),
    );
    for (const device of this.virtio) pci.add(device);

    this.pm = new AcpiPm({
      powerOff: () => control.powerOff(),
      setInterrupt: (level) => vm.setIrqLine(SCI_IRQ, level),
      nowNs: () => process.hrtime.bigint(),
    });
    const { i8042, rtc, pciConfig, debugExit, pvpanic } = PORTS;
    this.ports.attach(i8042.first, i8042.count, new I8042(control));
    this.ports.attach(rtc.first, rtc.count, new Rtc(() => new Date()));
    const { acpiPm1Event, acpiPm1Control, acpiTimer } = PORTS;
    this.ports.attach(acpiPm1Event.first, acpiPm1Event.count, this.pm.events);
    this.ports.attach(acpiPm1Control.first, acpiPm1Control.count, this.pm.controls);
    this.ports.attach(acpiTimer.first, acpiTimer.count, this.pm.timer);
    this.ports.attach(pvpanic.first, pvpanic.count, new PvPanic(() => control.panicked()));
    this.ports.attach(pciConfig.first, pciConfig.count, pci.configPorts);
    if (config.debugExit) {
      this.ports.attach(debugExit.first, debugExit.count, new DebugExit(control));
    }
    this.memory.attach(ECAM.base, ECAM.size, pci.ecam);
  }

  pressPowerButton(): void {
    this.pm.pressPowerButton();
  }

  /** Ends all use of guest memory by devices; the vCPUs are out of the guest already. */
  async stop(): Promise<void> {
    await Promise.all(this.virtio.map((device) => device.transport.stop()));
  }

  /** After stop(), and once no vCPU is left. */
  release(): void {
    this.doorbells.release();
    this.interrupts.release();
  }
}
