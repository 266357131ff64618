/**
 * What this host's KVM does otherwise than the processor manuals say, found by probe.ts. An
 * ordinary host has none, and then nothing in this folder runs.
 */
export interface HostQuirks {
  /** SYSCALL from CPL 3 leaves CS, SS and CPL as they were. */
  readonly syscallStaysInUserMode: boolean;
  /** The guest sees the host's CPUID, whatever KVM_SET_CPUID2 was given. */
  readonly cpuidUnmasked: boolean;
  /** Kernel code is emulated, by an emulator that lacks instructions kernels use. */
  readonly kernelModeEmulated: boolean;
}

export const NO_QUIRKS: HostQuirks = {
  syscallStaysInUserMode: false,
  cpuidUnmasked: false,
  kernelModeEmulated: false,
};

const NAMES: Readonly<Record<keyof HostQuirks, string>> = {
  syscallStaysInUserMode: 'syscall-stays-in-user-mode',
  cpuidUnmasked: 'cpuid-unmasked',
  kernelModeEmulated: 'kernel-mode-emulated',
};

/** For people and for programs, in a fixed order. */
export function quirkNames(quirks: HostQuirks): readonly string[] {
  return (Object.keys(NAMES) as (keyof HostQuirks)[])
    .filter((key) => quirks[key])
    .map((key) => NAMES[key]);
}
