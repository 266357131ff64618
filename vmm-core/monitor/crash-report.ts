import type { CrashedVcpu } from '../cpu/crash';
import type { MachineEvent } from '../machine/machine';
import type { CrashReport } from './protocol';

const HINTS: Readonly<Record<CrashedVcpu['reason'], string>> = {
  'triple-fault':
    'A kernel panic with immediate reboot ends so: read the last lines of the console, then start again.',
  'emulation-failure':
    "This host's KVM lacks the instruction shown: use the default image, or a host with VMX or SVM.",
  'entry-failure': 'The registers are not ones this processor accepts: report it with this page.',
  'internal-error': "See the host kernel's log for what KVM says of it.",
  'unknown-exit': 'Report it with this page: the monitor should know every exit.',
  'kvm-error': "See the host kernel's log for what KVM says of it.",
  'monitor-failure': "See the monitor's log.",
};

export function crashReport(
  event: Extract<MachineEvent, { kind: 'crashed' }>,
  lastLines: readonly string[],
): CrashReport {
  const { crash, vcpu, bytesAtRip } = event;
  return {
    reason: crash.reason,
    message: `vCPU ${vcpu}: ${crash.message}`,
    hint: HINTS[crash.reason],
    at: new Date().toISOString(),
    vcpu,
    registers: crash.registers,
    ...(bytesAtRip === '' ? {} : { instructionBytes: bytesAtRip }),
    lastLines,
  };
}

/** The guest's kernel said by itself that it has panicked. */
export function panicReport(lastLines: readonly string[]): CrashReport {
  return {
    reason: 'guest-panic',
    message: "the guest's kernel panicked",
    hint: 'Read the last lines of the console for the reason, then start the machine again.',
    at: new Date().toISOString(),
    lastLines,
  };
}
