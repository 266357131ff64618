import type { CpuidTable } from '../../kvm/kvm';
import { KVM_CPUID_ENTRY2, KVM_CPUID2 } from '../../kvm/layout';
import type { HostQuirks } from './host-quirks';

/** KVM's own features; Linux' Documentation/virt/kvm/x86/cpuid.rst. */
const KVM_FEATURES = 0x4000_0001;
/** Those that make a guest's kernel call the hypervisor: unhalt, IPIs, yield. */
const BY_HYPERCALL = (1 << 7) | (1 << 11) | (1 << 13);

/**
 * Where kernel code is emulated, a hypercall (VMCALL) is tried again for ever, so a guest must not
 * be told of what needs one.
 */
export function hideHypercalls(table: CpuidTable, quirks: HostQuirks): void {
  if (!quirks.kernelModeEmulated) return;
  const { view } = table.buffer;
  for (let i = 0; i < table.entries; i++) {
    const entry = KVM_CPUID2.size + i * KVM_CPUID_ENTRY2.size;
    if (view.getUint32(entry + KVM_CPUID_ENTRY2.at.function, true) !== KVM_FEATURES) continue;
    const at = entry + KVM_CPUID_ENTRY2.at.eax;
    view.setUint32(at, view.getUint32(at, true) & ~BY_HYPERCALL, true);
  }
}
