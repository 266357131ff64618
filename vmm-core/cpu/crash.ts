import { EXIT, FLAG } from '../kvm/abi';
import { KVM_RUN } from '../kvm/layout';
import { REGISTER_NAMES } from '../kvm/registers';
import type { Vcpu } from '../kvm/vcpu';

/** How a vCPU's loop ended when it should not have. */
export interface CrashedVcpu {
  readonly reason:
    | 'triple-fault'
    | 'emulation-failure'
    | 'entry-failure'
    | 'internal-error'
    | 'unknown-exit'
    | 'kvm-error'
    | 'monitor-failure';
  readonly message: string;
  readonly registers: Readonly<Record<string, string>>;
  /** Where RIP is in guest physical memory, or -1. */
  readonly ripGpa: number;
  /** What KVM itself says the instruction is; empty when it says nothing. */
  readonly kvmInstructionBytes: string;
}

const CONTROLS = ['cr0', 'cr2', 'cr3', 'cr4', 'efer'] as const;
const SELECTORS = ['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const;

/** Reads what a person needs to see of a vCPU that is out of KVM_RUN. */
export function describeCrash(
  vcpu: Vcpu,
  reason: CrashedVcpu['reason'],
  message: string,
): CrashedVcpu {
  const { registers, special } = vcpu;
  registers.load();
  special.load();
  const values: Record<string, string> = {};
  for (const name of REGISTER_NAMES) values[name] = hex(registers.get(name));
  for (const name of CONTROLS) values[name] = hex(special.control(name));
  for (const name of SELECTORS) values[name] = hex(BigInt(special.selector(name)));
  const linearRip = special.segmentBase('cs') + registers.get('rip');
  return {
    reason,
    message,
    registers: values,
    ripGpa: vcpu.translate(BigInt.asUintN(64, linearRip)),
    kvmInstructionBytes: instructionBytes(vcpu),
  };
}

function instructionBytes(vcpu: Vcpu): string {
  const { run, runBytes } = vcpu;
  const at = KVM_RUN.at;
  if (run.getUint32(at.exit_reason, true) !== EXIT.KVM_EXIT_INTERNAL_ERROR) return '';
  const flags = run.getBigUint64(at['emulation_failure.flags'], true);
  const has = FLAG.KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES;
  if ((flags & BigInt(has)) === 0n) return '';
  const start = at['emulation_failure.insn_bytes'];
  const size = Math.min(run.getUint8(at['emulation_failure.insn_size']), 15);
  return Buffer.from(runBytes.subarray(start, start + size)).toString('hex');
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
