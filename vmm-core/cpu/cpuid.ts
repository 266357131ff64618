import type { CpuidTable } from '../kvm/kvm';
import { KVM_CPUID_ENTRY2, KVM_CPUID2 } from '../kvm/layout';

// Leaves of SDM 2A, CPUID.
const FEATURES = 0x1;
const TOPOLOGY = 0xb;
const TOPOLOGY_V2 = 0x1f;
/** Leaf 1, ECX: the local APIC timer can fire at a TSC value; in-kernel APICs can. */
const TSC_DEADLINE = 1 << 24;
const LEVEL_THREAD = 1;
const LEVEL_CORE = 2;

/**
 * Makes the supported table into that of one vCPU: its APIC id, and a topology of `vcpus` cores in
 * one package, a thread each.
 */
export function specialiseCpuid(table: CpuidTable, index: number, vcpus: number): void {
  const at = KVM_CPUID_ENTRY2.at;
  const { view } = table.buffer;
  const coreBits = Math.ceil(Math.log2(vcpus));
  for (let i = 0; i < table.entries; i++) {
    const entry = KVM_CPUID2.size + i * KVM_CPUID_ENTRY2.size;
    const set = (register: 'eax' | 'ebx' | 'ecx' | 'edx', value: number): void =>
      view.setUint32(entry + at[register], value >>> 0, true);
    const get = (register: 'eax' | 'ebx' | 'ecx' | 'edx'): number =>
      view.getUint32(entry + at[register], true);
    const leaf = view.getUint32(entry + at.function, true);
    if (leaf === FEATURES) {
      set('ebx', (get('ebx') & 0x0000_ffff) | (vcpus << 16) | (index << 24));
      set('ecx', get('ecx') | TSC_DEADLINE);
    } else if (leaf === TOPOLOGY || leaf === TOPOLOGY_V2) {
      const level = view.getUint32(entry + at.index, true);
      const type = level === 0 ? LEVEL_THREAD : level === 1 ? LEVEL_CORE : 0;
      set('eax', level === 0 ? 0 : coreBits);
      set('ebx', level === 0 ? 1 : level === 1 ? vcpus : 0);
      set('ecx', level | (type << 8));
      set('edx', index);
    }
  }
}
