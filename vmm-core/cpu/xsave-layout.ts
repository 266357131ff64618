import type { CpuidTable } from '../kvm/kvm';
import { KVM_CPUID_ENTRY2, KVM_CPUID2 } from '../kvm/layout';
import type { XsaveComponent } from './quirks/xsave';

/** CPUID leaf of the extended states; sub-leaf N describes state component N. */
const EXTENDED_STATE = 0xd;
/** Components 0 and 1 lie in the legacy region, at fixed places. */
const FIRST_EXTENDED = 2;
const LAST_EXTENDED = 62;
/** ECX bit 0: a supervisor component, which XSAVE does not know. */
const SUPERVISOR = 1;

/** Where each extended component lies in the standard form of an XSAVE area; SDM 1, 13.4.3. */
export function xsaveComponents(table: CpuidTable): readonly XsaveComponent[] {
  const { view } = table.buffer;
  const at = KVM_CPUID_ENTRY2.at;
  const components: XsaveComponent[] = [];
  for (let i = 0; i < table.entries; i++) {
    const entry = KVM_CPUID2.size + i * KVM_CPUID_ENTRY2.size;
    const bit = view.getUint32(entry + at.index, true);
    if (view.getUint32(entry + at.function, true) !== EXTENDED_STATE) continue;
    if (bit < FIRST_EXTENDED || bit > LAST_EXTENDED) continue;
    if ((view.getUint32(entry + at.ecx, true) & SUPERVISOR) !== 0) continue;
    const size = view.getUint32(entry + at.eax, true);
    const offset = view.getUint32(entry + at.ebx, true);
    // AMX tiles lie beyond what KVM_GET_XSAVE holds; guests are not permitted them.
    if (size > 0 && offset + size <= 4096) components.push({ bit, offset, size });
  }
  return components;
}
