import {
  KVM_CPUID2,
  KVM_ENABLE_CAP,
  KVM_GUEST_DEBUG,
  KVM_IOEVENTFD,
  KVM_IRQ_LEVEL,
  KVM_IRQ_ROUTING,
  KVM_IRQFD,
  KVM_LAPIC_STATE,
  KVM_MSR_FILTER,
  KVM_MSRS,
  KVM_PIT_CONFIG,
  KVM_REGS,
  KVM_SREGS,
  KVM_TRANSLATION,
  KVM_USERSPACE_MEMORY_REGION,
  KVM_VCPU_EVENTS,
  KVM_XCRS,
  KVM_XSAVE,
} from './layout';

/**
 * Numbers of the KVM interface, by the names that <linux/kvm.h> gives them. abi.test.ts compares
 * each with the headers. Documentation: the kernel's Documentation/virt/kvm/api.rst.
 */

/** <asm-generic/ioctl.h>: direction in bits 30-31, size in 16-29, type in 8-15, number in 0-7. */
const KVMIO = 0xae;
const encode = (direction: number, number: number, size: number): number =>
  direction * 2 ** 30 + size * 2 ** 16 + KVMIO * 2 ** 8 + number;
const io = (number: number): number => encode(0, number, 0);
const write = (number: number, size: number): number => encode(1, number, size);
const read = (number: number, size: number): number => encode(2, number, size);
const both = (number: number, size: number): number => encode(3, number, size);

export const IOCTL = {
  KVM_GET_API_VERSION: io(0x00),
  KVM_CREATE_VM: io(0x01),
  KVM_CHECK_EXTENSION: io(0x03),
  KVM_GET_VCPU_MMAP_SIZE: io(0x04),
  KVM_GET_SUPPORTED_CPUID: both(0x05, KVM_CPUID2.size),
  KVM_CREATE_VCPU: io(0x41),
  KVM_SET_USER_MEMORY_REGION: write(0x46, KVM_USERSPACE_MEMORY_REGION.size),
  KVM_SET_TSS_ADDR: io(0x47),
  KVM_CREATE_IRQCHIP: io(0x60),
  KVM_IRQ_LINE: write(0x61, KVM_IRQ_LEVEL.size),
  KVM_SET_GSI_ROUTING: write(0x6a, KVM_IRQ_ROUTING.size),
  KVM_IRQFD: write(0x76, KVM_IRQFD.size),
  KVM_CREATE_PIT2: write(0x77, KVM_PIT_CONFIG.size),
  KVM_IOEVENTFD: write(0x79, KVM_IOEVENTFD.size),
  KVM_RUN: io(0x80),
  KVM_GET_REGS: read(0x81, KVM_REGS.size),
  KVM_SET_REGS: write(0x82, KVM_REGS.size),
  KVM_GET_SREGS: read(0x83, KVM_SREGS.size),
  KVM_SET_SREGS: write(0x84, KVM_SREGS.size),
  KVM_TRANSLATE: both(0x85, KVM_TRANSLATION.size),
  KVM_GET_MSRS: both(0x88, KVM_MSRS.size),
  KVM_SET_MSRS: write(0x89, KVM_MSRS.size),
  KVM_GET_LAPIC: read(0x8e, KVM_LAPIC_STATE.size),
  KVM_SET_LAPIC: write(0x8f, KVM_LAPIC_STATE.size),
  KVM_SET_CPUID2: write(0x90, KVM_CPUID2.size),
  KVM_SET_GUEST_DEBUG: write(0x9b, KVM_GUEST_DEBUG.size),
  KVM_GET_VCPU_EVENTS: read(0x9f, KVM_VCPU_EVENTS.size),
  KVM_SET_VCPU_EVENTS: write(0xa0, KVM_VCPU_EVENTS.size),
  KVM_ENABLE_CAP: write(0xa3, KVM_ENABLE_CAP.size),
  KVM_GET_XSAVE: read(0xa4, KVM_XSAVE.size),
  KVM_SET_XSAVE: write(0xa5, KVM_XSAVE.size),
  KVM_GET_XCRS: read(0xa6, KVM_XCRS.size),
  KVM_SET_XCRS: write(0xa7, KVM_XCRS.size),
  KVM_KVMCLOCK_CTRL: io(0xad),
  KVM_X86_SET_MSR_FILTER: write(0xc6, KVM_MSR_FILTER.size),
  KVM_GET_STATS_FD: io(0xce),
} as const;

export const CAP = {
  KVM_CAP_IRQCHIP: 0,
  KVM_CAP_USER_MEMORY: 3,
  KVM_CAP_NR_VCPUS: 9,
  KVM_CAP_PIT2: 33,
  KVM_CAP_MAX_VCPUS: 66,
  KVM_CAP_IMMEDIATE_EXIT: 136,
  KVM_CAP_X86_USER_SPACE_MSR: 188,
  KVM_CAP_X86_MSR_FILTER: 189,
} as const;

export const EXIT = {
  KVM_EXIT_UNKNOWN: 0,
  KVM_EXIT_EXCEPTION: 1,
  KVM_EXIT_IO: 2,
  KVM_EXIT_HYPERCALL: 3,
  KVM_EXIT_DEBUG: 4,
  KVM_EXIT_HLT: 5,
  KVM_EXIT_MMIO: 6,
  KVM_EXIT_IRQ_WINDOW_OPEN: 7,
  KVM_EXIT_SHUTDOWN: 8,
  KVM_EXIT_FAIL_ENTRY: 9,
  KVM_EXIT_INTR: 10,
  KVM_EXIT_INTERNAL_ERROR: 17,
  KVM_EXIT_SYSTEM_EVENT: 24,
  KVM_EXIT_X86_RDMSR: 29,
  KVM_EXIT_X86_WRMSR: 30,
} as const;

export const FLAG = {
  KVM_EXIT_IO_OUT: 1,
  KVM_PIT_SPEAKER_DUMMY: 1,
  KVM_INTERNAL_ERROR_EMULATION: 1,
  KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES: 1,
  KVM_GUESTDBG_ENABLE: 0x0000_0001,
  KVM_GUESTDBG_SINGLESTEP: 0x0000_0002,
  KVM_GUESTDBG_USE_HW_BP: 0x0002_0000,
  KVM_MSR_EXIT_REASON_FILTER: 4,
  KVM_MSR_FILTER_WRITE: 2,
  KVM_CPUID_FLAG_SIGNIFCANT_INDEX: 1,
  KVM_IRQ_ROUTING_IRQCHIP: 1,
  KVM_IRQ_ROUTING_MSI: 2,
  KVM_IRQCHIP_PIC_MASTER: 0,
  KVM_IRQCHIP_PIC_SLAVE: 1,
  KVM_IRQCHIP_IOAPIC: 2,
  KVM_IRQFD_FLAG_DEASSIGN: 1,
  KVM_IOEVENTFD_FLAG_DATAMATCH: 1,
  KVM_IOEVENTFD_FLAG_DEASSIGN: 4,
} as const;
