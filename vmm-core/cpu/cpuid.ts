import type { CpuidTable } from '../kvm/kvm';
import { type CpuTemplate, templateCpuid } from './cpu-template';
import { type VcpuPlace, withTopology } from './cpu-topology';
import { type CpuidEntry, decodeCpuid, encodeCpuid } from './cpuid-table';

const FEATURES = 0x1;
/**
 * Leaf 1, ECX: the local APIC timer can fire at a TSC value. In-kernel APICs can, but
 * KVM_GET_SUPPORTED_CPUID does not know yet that there will be one; api.rst, 4.46.
 */
const TSC_DEADLINE = 1 << 24;

/** What one vCPU's CPUID is to say, from what KVM can give on this host. */
export function vcpuCpuid(
  supported: CpuidTable,
  place: VcpuPlace,
  template: CpuTemplate,
): CpuidTable {
  const offered = templateCpuid(decodeCpuid(supported).map(withApicTimer), template);
  return encodeCpuid(withTopology(offered, place));
}

function withApicTimer(entry: CpuidEntry): CpuidEntry {
  return entry.leaf === FEATURES ? { ...entry, ecx: entry.ecx | TSC_DEADLINE } : entry;
}
