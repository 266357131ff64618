/**
 * Layouts of the kernel's KVM structures on x86-64: sizes and field offsets in bytes, from
 * <linux/kvm.h> and <asm/kvm.h>. layout.test.ts compares every number with what the C compiler
 * says of those headers.
 */
export interface Layout<F extends string> {
  /** The name behind `struct`. */
  readonly name: string;
  readonly size: number;
  readonly at: Readonly<Record<F, number>>;
}

function layout<F extends string>(
  name: string,
  size: number,
  at: Readonly<Record<F, number>>,
): Layout<F> {
  return { name, size, at };
}

export const KVM_RUN = layout('kvm_run', 2352, {
  request_interrupt_window: 0,
  immediate_exit: 1,
  exit_reason: 8,
  'io.direction': 32,
  'io.size': 33,
  'io.port': 34,
  'io.count': 36,
  'io.data_offset': 40,
  'mmio.phys_addr': 32,
  'mmio.data': 40,
  'mmio.len': 48,
  'mmio.is_write': 52,
  'msr.error': 32,
  'msr.index': 44,
  'msr.data': 48,
  'internal.suberror': 32,
  'internal.ndata': 36,
  'internal.data': 40,
  'emulation_failure.flags': 40,
  'emulation_failure.insn_size': 48,
  'emulation_failure.insn_bytes': 49,
  'debug.arch.pc': 40,
  'fail_entry.hardware_entry_failure_reason': 32,
  'hw.hardware_exit_reason': 32,
});

export const KVM_REGS = layout('kvm_regs', 144, { rax: 0, rsp: 48, r8: 64, rip: 128, rflags: 136 });

export const KVM_SEGMENT = layout('kvm_segment', 24, {
  base: 0,
  limit: 8,
  selector: 12,
  type: 14,
  present: 15,
  dpl: 16,
  db: 17,
  s: 18,
  l: 19,
  g: 20,
  avl: 21,
  unusable: 22,
});

export const KVM_SREGS = layout('kvm_sregs', 312, {
  cs: 0,
  ds: 24,
  es: 48,
  fs: 72,
  gs: 96,
  ss: 120,
  tr: 144,
  ldt: 168,
  gdt: 192,
  idt: 208,
  cr0: 224,
  cr2: 232,
  cr3: 240,
  cr4: 248,
  cr8: 256,
  efer: 264,
  apic_base: 272,
});

export const KVM_DTABLE = layout('kvm_dtable', 16, { base: 0, limit: 8 });

export const KVM_USERSPACE_MEMORY_REGION = layout('kvm_userspace_memory_region', 32, {
  slot: 0,
  flags: 4,
  guest_phys_addr: 8,
  memory_size: 16,
  userspace_addr: 24,
});

export const KVM_PIT_CONFIG = layout('kvm_pit_config', 64, { flags: 0 });
export const KVM_IRQ_LEVEL = layout('kvm_irq_level', 8, { irq: 0, level: 4 });
export const KVM_LAPIC_STATE = layout('kvm_lapic_state', 1024, { regs: 0 });

/** Followed by `nent` entries. */
export const KVM_CPUID2 = layout('kvm_cpuid2', 8, { nent: 0 });
export const KVM_CPUID_ENTRY2 = layout('kvm_cpuid_entry2', 40, {
  function: 0,
  index: 4,
  flags: 8,
  eax: 12,
  ebx: 16,
  ecx: 20,
  edx: 24,
});

/** Followed by `nmsrs` entries. */
export const KVM_MSRS = layout('kvm_msrs', 8, { nmsrs: 0 });
export const KVM_MSR_ENTRY = layout('kvm_msr_entry', 16, { index: 0, data: 8 });

export const KVM_MSR_FILTER = layout('kvm_msr_filter', 392, { flags: 0, ranges: 8 });
export const KVM_MSR_FILTER_RANGE = layout('kvm_msr_filter_range', 24, {
  flags: 0,
  nmsrs: 4,
  base: 8,
  bitmap: 16,
});

export const KVM_ENABLE_CAP = layout('kvm_enable_cap', 104, { cap: 0, flags: 4, args: 8 });

export const KVM_GUEST_DEBUG = layout('kvm_guest_debug', 72, {
  control: 0,
  'arch.debugreg': 8,
});

export const KVM_TRANSLATION = layout('kvm_translation', 24, {
  linear_address: 0,
  physical_address: 8,
  valid: 16,
  writeable: 17,
  usermode: 18,
});

export const KVM_VCPU_EVENTS = layout('kvm_vcpu_events', 64, {
  'exception.injected': 0,
  'exception.nr': 1,
  'exception.has_error_code': 2,
  'exception.pending': 3,
  'exception.error_code': 4,
  flags: 20,
});

export const KVM_XSAVE = layout('kvm_xsave', 4096, { region: 0 });
export const KVM_XCRS = layout('kvm_xcrs', 392, { nr_xcrs: 0, xcrs: 8 });
export const KVM_XCR = layout('kvm_xcr', 16, { xcr: 0, value: 8 });

/** Followed by `nr` entries. */
export const KVM_IRQ_ROUTING = layout('kvm_irq_routing', 8, { nr: 0 });
export const KVM_IRQ_ROUTING_ENTRY = layout('kvm_irq_routing_entry', 48, {
  gsi: 0,
  type: 4,
  'u.irqchip.irqchip': 16,
  'u.irqchip.pin': 20,
  'u.msi.address_lo': 16,
  'u.msi.address_hi': 20,
  'u.msi.data': 24,
});
export const KVM_IRQFD = layout('kvm_irqfd', 32, { fd: 0, gsi: 4, flags: 8 });
export const KVM_IOEVENTFD = layout('kvm_ioeventfd', 64, {
  datamatch: 0,
  addr: 8,
  len: 16,
  fd: 20,
  flags: 24,
});

/** At the start of a statistics file: where in it the other blocks lie. */
export const KVM_STATS_HEADER = layout('kvm_stats_header', 24, {
  flags: 0,
  name_size: 4,
  num_desc: 8,
  id_offset: 12,
  desc_offset: 16,
  data_offset: 20,
});
/** Ends with a name of the header's `name_size` bytes. */
export const KVM_STATS_DESC = layout('kvm_stats_desc', 16, {
  flags: 0,
  exponent: 4,
  size: 6,
  offset: 8,
  bucket_size: 12,
  name: 16,
});

/** Every layout, for the test that compares them with the headers. */
export const LAYOUTS: readonly Layout<string>[] = [
  KVM_RUN,
  KVM_REGS,
  KVM_SEGMENT,
  KVM_SREGS,
  KVM_DTABLE,
  KVM_USERSPACE_MEMORY_REGION,
  KVM_PIT_CONFIG,
  KVM_IRQ_LEVEL,
  KVM_LAPIC_STATE,
  KVM_CPUID2,
  KVM_CPUID_ENTRY2,
  KVM_MSRS,
  KVM_MSR_ENTRY,
  KVM_MSR_FILTER,
  KVM_MSR_FILTER_RANGE,
  KVM_ENABLE_CAP,
  KVM_GUEST_DEBUG,
  KVM_TRANSLATION,
  KVM_VCPU_EVENTS,
  KVM_XSAVE,
  KVM_XCRS,
  KVM_XCR,
  KVM_IRQ_ROUTING,
  KVM_IRQ_ROUTING_ENTRY,
  KVM_IRQFD,
  KVM_IOEVENTFD,
  KVM_STATS_HEADER,
  KVM_STATS_DESC,
];
