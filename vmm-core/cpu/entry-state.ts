import type { BootEntry, LongModeEntry, ProtectedModeEntry } from '../boot/boot-entry';
import { BOOT_CS, BOOT_DS, GDT_BYTES } from '../boot/long-mode';
import type { Segment } from '../kvm/special-registers';
import { newLapicBuffer, type Vcpu } from '../kvm/vcpu';

// Control register bits; SDM 3A, 2.5.
const CR0_PE = 1n << 0n;
const CR0_ET = 1n << 4n;
const CR0_NE = 1n << 5n;
const CR0_PG = 1n << 31n;
const CR4_PAE = 1n << 5n;
const EFER_LME = 1n << 8n;
const EFER_LMA = 1n << 10n;
/** Bit 1 of RFLAGS always reads as one; SDM 1, 3.4.3. */
const RFLAGS_RESERVED = 2n;

const FLAT = { base: 0n, limit: 0xffff_ffff, dpl: 0, s: true, db: true, l: false, g: true };
/** Type fields of SDM 3A, tables 3-1 and 3-2, accessed or busy. */
const CODE: Segment = { ...FLAT, selector: 0x08, type: 0xb };
const DATA: Segment = { ...FLAT, selector: 0x10, type: 0x3 };
const CODE_64: Segment = { ...CODE, selector: BOOT_CS, db: false, l: true };
const DATA_64: Segment = { ...DATA, selector: BOOT_DS };
/** Never used, but entering a guest wants one. */
const TASK: Segment = {
  ...FLAT,
  selector: 0x20,
  type: 0xb,
  limit: 0x67,
  s: false,
  db: false,
  g: false,
};

/** Makes the boot processor begin as the kernel's boot protocol says. Interrupts are off. */
export function setEntryState(vcpu: Vcpu, boot: BootEntry): void {
  const { special, registers } = vcpu;
  special.load();
  special.setSegment('tr', TASK);
  registers.clear();
  if (boot.mode === 'long-64') setLongMode(vcpu, boot);
  else setProtectedMode(vcpu, boot);
  special.store();
  registers.set('rip', BigInt(boot.entry));
  registers.set('rflags', RFLAGS_RESERVED);
  registers.store();
}

function setProtectedMode({ special, registers }: Vcpu, boot: ProtectedModeEntry): void {
  special.setSegment('cs', CODE);
  for (const name of ['ds', 'es', 'fs', 'gs', 'ss'] as const) special.setSegment(name, DATA);
  special.setControl('cr0', CR0_PE | CR0_ET);
  special.setControl('cr4', 0n);
  special.setControl('efer', 0n);
  registers.set('rax', BigInt(boot.registers.eax ?? 0));
  registers.set('rbx', BigInt(boot.registers.ebx));
}

function setLongMode({ special, registers }: Vcpu, boot: LongModeEntry): void {
  special.setSegment('cs', CODE_64);
  for (const name of ['ds', 'es', 'fs', 'gs', 'ss'] as const) special.setSegment(name, DATA_64);
  special.setTable('gdt', BigInt(boot.gdt), GDT_BYTES - 1);
  special.setTable('idt', 0n, 0);
  special.setControl('cr0', CR0_PG | CR0_NE | CR0_ET | CR0_PE);
  special.setControl('cr3', BigInt(boot.pageTables));
  special.setControl('cr4', CR4_PAE);
  special.setControl('efer', EFER_LME | EFER_LMA);
  registers.set('rsi', BigInt(boot.rsi));
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
