import { KVM_RUN } from '../../kvm/layout';
import type { Vcpu } from '../../kvm/vcpu';
import type { GuestMemory } from '../../memory/guest-memory';
import type { VcpuSlot } from '../vcpu-slot';
import type { HostQuirks } from './host-quirks';
import { InstructionEmulator } from './instructions';
import { MSR_LSTAR, SyscallQuirk } from './syscall';
import type { XsaveComponent } from './xsave';

/** What the exit loop asks of this folder. */
export interface QuirkHandlers {
  /** KVM_EXIT_DEBUG. @returns whether it was ours and is done */
  onDebugExit(): boolean;
  /** KVM_EXIT_X86_WRMSR: only MSRs that a quirk watches come here. */
  onMsrWrite(): void;
  /** An instruction the host's emulator lacks. @returns whether it is completed */
  emulateInstruction(): boolean;
}

const NONE: QuirkHandlers = {
  onDebugExit: () => false,
  onMsrWrite: () => undefined,
  emulateInstruction: () => false,
};

/** @param components where the extended states lie in an XSAVE area, from CPUID leaf 0xD */
export function quirkHandlers(
  quirks: HostQuirks,
  vcpu: Vcpu,
  memory: GuestMemory,
  components: readonly XsaveComponent[],
  slot: VcpuSlot,
): QuirkHandlers {
  if (!quirks.syscallStaysInUserMode && !quirks.kernelModeEmulated) return NONE;
  const emulator = new InstructionEmulator(vcpu, memory, components);
  const syscall = new SyscallQuirk(vcpu, emulator.memory);
  return {
    onDebugExit: () => {
      const served = syscall.onDebugExit();
      if (served !== undefined) slot.countQuirk(served);
      return served !== undefined;
    },
    onMsrWrite: () => {
      const { run } = vcpu;
      if (run.getUint32(KVM_RUN.at['msr.index'], true) === MSR_LSTAR) {
        syscall.onLstarWrite(run.getBigUint64(KVM_RUN.at['msr.data'], true));
      }
      run.setUint8(KVM_RUN.at['msr.error'], 0);
    },
    emulateInstruction: () => {
      slot.countQuirk('instruction');
      return emulator.emulate();
    },
  };
}
