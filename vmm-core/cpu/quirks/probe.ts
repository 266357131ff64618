import { EXIT } from '../../kvm/abi';
import type { CpuidTable, Kvm } from '../../kvm/kvm';
import { KVM_CPUID_ENTRY2, KVM_CPUID2, KVM_RUN } from '../../kvm/layout';
import type { Segment } from '../../kvm/special-registers';
import { Vcpu } from '../../kvm/vcpu';
import { GuestRam } from '../../memory/guest-memory';
import type { HostQuirks } from './host-quirks';

/**
 * Asks the host itself how it behaves: a guest of a few instructions in long mode, run three times.
 * Takes a few milliseconds. Names and versions of hosts are never looked at.
 */

// The first 2 MiB belong to user mode, the next to the kernel: leaf entries of SDM 3A, 4.5.
const MEMORY_BYTES = 4 * 1024 * 1024;
const PML4 = 0x2000;
const PDPT = 0x3000;
const PAGE_DIRECTORY = 0x4000;
const USER_CODE = 0x1000;
const USER_STACK = 0x8000;
const KERNEL_CODE = 0x20_0000;
const PRESENT_WRITABLE = 0x3n;
const USER = 0x4n;
const LARGE_PAGE = 0x80n;

const CR0_PAGED = 0x8000_0033n; // PG, NE, ET, MP, PE
const CR4_PAE = 0x20n;
const EFER_LONG_MODE_SYSCALL = 0xd01n; // NXE, LMA, LME, SCE
const RFLAGS_RESERVED = 2n;

const MSR_STAR = 0xc000_0081;
const MSR_LSTAR = 0xc000_0082;
const KERNEL_SELECTORS = 0x0008n << 32n;

/** Extended features: hosts that let CPUID through let this leaf through. No processor has none. */
const MASKED_LEAF = 7;

// The payloads, assembled by hand.
const SYSCALL = [0x0f, 0x05];
const OUT_AND_STAY = [0xe6, 0x10]; // out 0x10, al
const READ_MASKED_LEAF = [0xb8, MASKED_LEAF, 0, 0, 0, 0x31, 0xc9, 0x0f, 0xa2]; // eax, ecx=0, cpuid
const POPCNT = [0xf3, 0x0f, 0xb8, 0xc3]; // popcnt eax, ebx

/** @throws SysError when the host cannot make a virtual machine */
export function probeHost(kvm: Kvm): HostQuirks {
  const vm = kvm.createVm();
  const ram = new GuestRam(MEMORY_BYTES);
  try {
    vm.setMemoryRegion(0, 0, MEMORY_BYTES, ram.handle.address);
    writePageTables(ram);
    const vcpu = new Vcpu(vm.createVcpu(0), vm.runSize);
    try {
      vcpu.setCpuid(withoutMaskedLeaf(kvm.supportedCpuid()));
      return {
        syscallStaysInUserMode: !syscallReachesKernel(vcpu, ram),
        cpuidUnmasked: !cpuidIsOurs(vcpu, ram),
        kernelModeEmulated: !popcntRuns(vcpu, ram),
      };
    } finally {
      vcpu.close();
    }
  } finally {
    vm.close();
    ram.release();
  }
}

/** On an ordinary host SYSCALL arrives at LSTAR with CPL 0; else the fetch there faults. */
function syscallReachesKernel(vcpu: Vcpu, ram: GuestRam): boolean {
  ram.memory.bytes(USER_CODE, SYSCALL.length).set(SYSCALL);
  ram.memory.bytes(KERNEL_CODE, OUT_AND_STAY.length).set(OUT_AND_STAY);
  vcpu.writeMsr(MSR_STAR, KERNEL_SELECTORS);
  vcpu.writeMsr(MSR_LSTAR, BigInt(KERNEL_CODE));
  return runs(vcpu, USER_CODE, 3);
}

function cpuidIsOurs(vcpu: Vcpu, ram: GuestRam): boolean {
  const code = [...READ_MASKED_LEAF, ...OUT_AND_STAY];
  ram.memory.bytes(KERNEL_CODE, code.length).set(code);
  if (!runs(vcpu, KERNEL_CODE, 0)) return false;
  vcpu.registers.load();
  return (vcpu.registers.get('rbx') & 0xffff_ffffn) === 0n;
}

function popcntRuns(vcpu: Vcpu, ram: GuestRam): boolean {
  const code = [...POPCNT, ...OUT_AND_STAY];
  ram.memory.bytes(KERNEL_CODE, code.length).set(code);
  return runs(vcpu, KERNEL_CODE, 0);
}

/** Runs from `rip`. @returns whether the guest came to its OUT */
function runs(vcpu: Vcpu, rip: number, privilegeLevel: 0 | 3): boolean {
  const { special, registers } = vcpu;
  const segment = (selector: number, type: number, l: boolean): Segment => ({
    selector: selector | privilegeLevel,
    base: 0n,
    limit: 0xffff_ffff,
    type,
    dpl: privilegeLevel,
    s: true,
    db: !l,
    l,
    g: true,
  });
  special.load();
  special.setSegment('cs', segment(0x08, 0xb, true));
  for (const name of ['ds', 'es', 'fs', 'gs', 'ss'] as const) {
    special.setSegment(name, segment(0x10, 0x3, false));
  }
  // No IDT: any exception ends in a triple fault.
  special.setTable('idt', 0n, 0);
  special.setControl('cr0', CR0_PAGED);
  special.setControl('cr3', BigInt(PML4));
  special.setControl('cr4', CR4_PAE);
  special.setControl('efer', EFER_LONG_MODE_SYSCALL);
  special.store();
  registers.clear();
  registers.set('rip', BigInt(rip));
  registers.set('rsp', BigInt(USER_STACK));
  registers.set('rflags', RFLAGS_RESERVED);
  registers.store();
  if (vcpu.enter() < 0) return false;
  return vcpu.run.getUint32(KVM_RUN.at.exit_reason, true) === EXIT.KVM_EXIT_IO;
}

function writePageTables(ram: GuestRam): void {
  const { memory } = ram;
  memory.writeU64(PML4, BigInt(PDPT) | PRESENT_WRITABLE | USER);
  memory.writeU64(PDPT, BigInt(PAGE_DIRECTORY) | PRESENT_WRITABLE | USER);
  memory.writeU64(PAGE_DIRECTORY, LARGE_PAGE | PRESENT_WRITABLE | USER);
  memory.writeU64(PAGE_DIRECTORY + 8, BigInt(KERNEL_CODE) | LARGE_PAGE | PRESENT_WRITABLE);
}

function withoutMaskedLeaf(table: CpuidTable): CpuidTable {
  const { view, bytes } = table.buffer;
  for (let i = 0; i < table.entries; i++) {
    const entry = KVM_CPUID2.size + i * KVM_CPUID_ENTRY2.size;
    if (view.getUint32(entry + KVM_CPUID_ENTRY2.at.function, true) !== MASKED_LEAF) continue;
    const values = entry + KVM_CPUID_ENTRY2.at.eax;
    bytes.fill(0, values, values + 4 * 4);
  }
  return table;
}
