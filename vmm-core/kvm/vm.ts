import { close } from '../sys/files';
import { NativeBuffer } from '../sys/native-buffer';
import { CAP, FLAG } from './abi';
import { ioctl } from './ioctl';
import {
  KVM_ENABLE_CAP,
  KVM_IOEVENTFD,
  KVM_IRQ_LEVEL,
  KVM_IRQ_ROUTING,
  KVM_IRQ_ROUTING_ENTRY,
  KVM_IRQFD,
  KVM_MSR_FILTER,
  KVM_MSR_FILTER_RANGE,
  KVM_PIT_CONFIG,
  KVM_USERSPACE_MEMORY_REGION,
} from './layout';

/**
 * Three pages below the BIOS that VMX uses to run real mode; any address outside RAM will do.
 * api.rst, 4.35.
 */
const TSS_ADDRESS = 0xfffb_d000;

/** Where an interrupt of the VM's table goes: a pin of a controller, or a message to a processor. */
export type IrqRoute =
  | { readonly gsi: number; readonly irqchip: number; readonly pin: number }
  | {
      readonly gsi: number;
      readonly addressLow: number;
      readonly addressHigh: number;
      readonly data: number;
    };

/** One virtual machine of /dev/kvm; a thread of its own may hold another handle on the same fd. */
export class Vm {
  private readonly irqLevel = new NativeBuffer(KVM_IRQ_LEVEL.size);

  constructor(
    readonly fd: number,
    /** Bytes of each vCPU's `kvm_run` mapping. */
    readonly runSize: number,
  ) {}

  /** PICs, I/O APIC and local APICs, and the PIT, in the kernel. Must come before the vCPUs. */
  createIrqchip(): void {
    ioctl(this.fd, 'KVM_SET_TSS_ADDR', TSS_ADDRESS);
    ioctl(this.fd, 'KVM_CREATE_IRQCHIP', 0);
    const pit = new NativeBuffer(KVM_PIT_CONFIG.size);
    // Port 0x61 too, with the PIT's gate: guests calibrate their clocks by it.
    pit.view.setUint32(KVM_PIT_CONFIG.at.flags, FLAG.KVM_PIT_SPEAKER_DUMMY, true);
    ioctl(this.fd, 'KVM_CREATE_PIT2', pit.address);
  }

  /** Backs `size` bytes of guest physical memory from `gpa` with host memory at `hostAddress`. */
  setMemoryRegion(slot: number, gpa: number, size: number, hostAddress: number): void {
    const region = new NativeBuffer(KVM_USERSPACE_MEMORY_REGION.size);
    const at = KVM_USERSPACE_MEMORY_REGION.at;
    region.view.setUint32(at.slot, slot, true);
    region.view.setBigUint64(at.guest_phys_addr, BigInt(gpa), true);
    region.view.setBigUint64(at.memory_size, BigInt(size), true);
    region.view.setBigUint64(at.userspace_addr, BigInt(hostAddress), true);
    ioctl(this.fd, 'KVM_SET_USER_MEMORY_REGION', region.address);
  }

  /** @returns the vCPU's file descriptor */
  createVcpu(index: number): number {
    return ioctl(this.fd, 'KVM_CREATE_VCPU', index);
  }

  /** Drives an input pin of the interrupt controllers: PIC and I/O APIC pin `irq`. */
  setIrqLine(irq: number, level: boolean): void {
    this.irqLevel.view.setUint32(KVM_IRQ_LEVEL.at.irq, irq, true);
    this.irqLevel.view.setUint32(KVM_IRQ_LEVEL.at.level, level ? 1 : 0, true);
    ioctl(this.fd, 'KVM_IRQ_LINE', this.irqLevel.address);
  }

  /** Replaces the whole table of what each global interrupt number means; api.rst, 4.52. */
  setIrqRouting(routes: readonly IrqRoute[]): void {
    const { at, size } = KVM_IRQ_ROUTING_ENTRY;
    const table = new NativeBuffer(KVM_IRQ_ROUTING.size + routes.length * size);
    table.view.setUint32(KVM_IRQ_ROUTING.at.nr, routes.length, true);
    routes.forEach((route, i) => {
      const entry = KVM_IRQ_ROUTING.size + i * size;
      const set = (field: number, value: number): void =>
        table.view.setUint32(entry + field, value, true);
      set(at.gsi, route.gsi);
      if ('pin' in route) {
        set(at.type, FLAG.KVM_IRQ_ROUTING_IRQCHIP);
        set(at['u.irqchip.irqchip'], route.irqchip);
        set(at['u.irqchip.pin'], route.pin);
      } else {
        set(at.type, FLAG.KVM_IRQ_ROUTING_MSI);
        set(at['u.msi.address_lo'], route.addressLow);
        set(at['u.msi.address_hi'], route.addressHigh);
        set(at['u.msi.data'], route.data);
      }
    });
    ioctl(this.fd, 'KVM_SET_GSI_ROUTING', table.address);
  }

  /** Each write to the eventfd raises the interrupt, in the kernel; api.rst, 4.75. */
  assignIrqfd(eventFd: number, gsi: number): void {
    this.irqfd(eventFd, gsi, 0);
  }

  deassignIrqfd(eventFd: number, gsi: number): void {
    this.irqfd(eventFd, gsi, FLAG.KVM_IRQFD_FLAG_DEASSIGN);
  }

  private irqfd(eventFd: number, gsi: number, flags: number): void {
    const irqfd = new NativeBuffer(KVM_IRQFD.size);
    irqfd.view.setUint32(KVM_IRQFD.at.fd, eventFd, true);
    irqfd.view.setUint32(KVM_IRQFD.at.gsi, gsi, true);
    irqfd.view.setUint32(KVM_IRQFD.at.flags, flags, true);
    ioctl(this.fd, 'KVM_IRQFD', irqfd.address);
  }

  /**
   * A guest's write of any length to `gpa` signals the eventfd, in the kernel, and does not exit;
   * api.rst, 4.59.
   */
  assignIoeventfd(eventFd: number, gpa: number): void {
    this.ioeventfd(eventFd, gpa, 0);
  }

  deassignIoeventfd(eventFd: number, gpa: number): void {
    this.ioeventfd(eventFd, gpa, FLAG.KVM_IOEVENTFD_FLAG_DEASSIGN);
  }

  private ioeventfd(eventFd: number, gpa: number, flags: number): void {
    const ioeventfd = new NativeBuffer(KVM_IOEVENTFD.size);
    // A length of zero matches writes of every length (KVM_CAP_IOEVENTFD_ANY_LENGTH).
    ioeventfd.view.setBigUint64(KVM_IOEVENTFD.at.addr, BigInt(gpa), true);
    ioeventfd.view.setInt32(KVM_IOEVENTFD.at.fd, eventFd, true);
    ioeventfd.view.setUint32(KVM_IOEVENTFD.at.flags, flags, true);
    ioctl(this.fd, 'KVM_IOEVENTFD', ioeventfd.address);
  }

  /** Guest writes of one MSR come to us as KVM_EXIT_X86_WRMSR; api.rst, 4.97 and 7.21. */
  exitOnMsrWrite(msr: number): void {
    const capability = new NativeBuffer(KVM_ENABLE_CAP.size);
    capability.view.setUint32(KVM_ENABLE_CAP.at.cap, CAP.KVM_CAP_X86_USER_SPACE_MSR, true);
    capability.view.setUint32(KVM_ENABLE_CAP.at.args, FLAG.KVM_MSR_EXIT_REASON_FILTER, true);
    ioctl(this.fd, 'KVM_ENABLE_CAP', capability.address);

    // One range with a bitmap of one MSR whose bit is clear: denied, which means: to user space.
    const bitmap = new NativeBuffer(8);
    const filter = new NativeBuffer(KVM_MSR_FILTER.size);
    const range = KVM_MSR_FILTER.at.ranges;
    const at = KVM_MSR_FILTER_RANGE.at;
    filter.view.setUint32(range + at.flags, FLAG.KVM_MSR_FILTER_WRITE, true);
    filter.view.setUint32(range + at.nmsrs, 1, true);
    filter.view.setUint32(range + at.base, msr, true);
    filter.view.setBigUint64(range + at.bitmap, BigInt(bitmap.address), true);
    ioctl(this.fd, 'KVM_X86_SET_MSR_FILTER', filter.address);
  }

  close(): void {
    close(this.fd);
  }
}
