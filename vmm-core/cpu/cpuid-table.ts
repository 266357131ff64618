import type { CpuidTable } from '../kvm/kvm';
import { KVM_CPUID_ENTRY2, KVM_CPUID2 } from '../kvm/layout';
import { NativeBuffer } from '../sys/native-buffer';

/** What CPUID answers for one leaf, and for one sub-leaf where the leaf has some. */
export interface CpuidEntry {
  /** EAX of the question. */
  readonly leaf: number;
  /** ECX of the question; 0 where it does not matter. */
  readonly subleaf: number;
  /** KVM_CPUID_FLAG_*. */
  readonly flags: number;
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx'] as const;

/** Reads the form of the kernel, struct kvm_cpuid2; api.rst, 4.46. */
export function decodeCpuid({ buffer: { view }, entries }: CpuidTable): CpuidEntry[] {
  const { at, size } = KVM_CPUID_ENTRY2;
  return Array.from({ length: entries }, (_, index) => {
    const get = (field: keyof typeof at): number =>
      view.getUint32(KVM_CPUID2.size + index * size + at[field], true);
    return {
      leaf: get('function'),
      subleaf: get('index'),
      flags: get('flags'),
      eax: get('eax'),
      ebx: get('ebx'),
      ecx: get('ecx'),
      edx: get('edx'),
    };
  });
}

/** The form of the kernel; bits above the 32 of a register are cut off. */
export function encodeCpuid(entries: readonly CpuidEntry[]): CpuidTable {
  const { at, size } = KVM_CPUID_ENTRY2;
  const buffer = new NativeBuffer(KVM_CPUID2.size + entries.length * size);
  buffer.view.setUint32(KVM_CPUID2.at.nent, entries.length, true);
  entries.forEach((entry, index) => {
    const start = KVM_CPUID2.size + index * size;
    buffer.view.setUint32(start + at.function, entry.leaf, true);
    buffer.view.setUint32(start + at.index, entry.subleaf, true);
    buffer.view.setUint32(start + at.flags, entry.flags, true);
    for (const name of REGISTERS) buffer.view.setUint32(start + at[name], entry[name] >>> 0, true);
  });
  return { buffer, entries: entries.length };
}
