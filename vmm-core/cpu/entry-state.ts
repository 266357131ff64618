import type { BootEntry } from '../boot/load';
import type { Segment } from '../kvm/special-registers';
import { newLapicBuffer, type Vcpu } from '../kvm/vcpu';

// Control register bits; SDM 3A, 2.5.
const CR0_PE = 1n << 0n;
const CR0_ET = 1n << 4n;
/** Bit 1 of RFLAGS always reads as one; SDM 1, 3.4.3. */
const RFLAGS_RESERVED = 2n;

const FLAT = { base: 0n, limit: 0xffff_ffff, dpl: 0, s: true, db: true, l: false, g: true };
/** Type fields of SDM 3A, tables 3-1 and 3-2, accessed or busy. */
const CODE: Segment = { ...FLAT, selector: 0x08, type: 0xb };
const DATA: Segment = { ...FLAT, selector: 0x10, type: 0x3 };
const TASK: Segment = {
  ...FLAT,
  selector: 0x18,
  type: 0xb,
  limit: 0x67,
  s: false,
  db: false,
  g: false,
};

/** 32-bit protected mode without paging, RBX at the start info: the PVH entry state. */
export function setPvhEntry(vcpu: Vcpu, boot: BootEntry): void {
  const { special, registers } = vcpu;
  special.load();
  special.setSegment('cs', CODE);
  for (const name of ['ds', 'es', 'fs', 'gs', 'ss'] as const) special.setSegment(name, DATA);
  special.setSegment('tr', TASK);
  special.setControl('cr0', CR0_PE | CR0_ET);
  special.setControl('cr4', 0n);
  special.setControl('efer', 0n);
  special.store();
  registers.clear();
  registers.set('rbx', BigInt(boot.startInfo));
  registers.set('rip', BigInt(boot.entry));
  registers.set('rflags', RFLAGS_RESERVED);
  registers.store();
}

const IA32_MISC_ENABLE = 0x1a0;
const MISC_ENABLE_FAST_STRINGS = 1n;
const IA32_MTRR_DEF_TYPE = 0x2ff;
/** MTRRs on, memory write-back where none says otherwise; SDM 3A, 12.11.2.1. */
const MTRR_ON_WRITE_BACK = 0x806n;

/** What firmware leaves in the MSRs. A host that does not take one leaves it as it is. */
export function setBootMsrs(vcpu: Vcpu): void {
  vcpu.writeMsr(IA32_MISC_ENABLE, MISC_ENABLE_FAST_STRINGS);
  vcpu.writeMsr(IA32_MTRR_DEF_TYPE, MTRR_ON_WRITE_BACK);
}

// Local vector table; SDM 3A, 11.5.1.
const LVT_LINT0 = 0x350;
const LVT_LINT1 = 0x360;
const DELIVERY_NMI = 0x400;
const DELIVERY_EXTINT = 0x700;

/** Virtual wire mode, as firmware leaves it: the PIC's interrupts through LINT0, NMI on LINT1. */
export function setVirtualWire(vcpu: Vcpu): void {
  const lapic = newLapicBuffer();
  vcpu.readLapic(lapic);
  lapic.view.setUint32(LVT_LINT0, DELIVERY_EXTINT, true);
  lapic.view.setUint32(LVT_LINT1, DELIVERY_NMI, true);
  vcpu.writeLapic(lapic);
}
