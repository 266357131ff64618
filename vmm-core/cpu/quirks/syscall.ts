import type { Segment } from '../../kvm/special-registers';
import type { Vcpu } from '../../kvm/vcpu';
import type { LinearMemory } from './linear-memory';

/**
 * SYSCALL on a host that jumps to LSTAR but stays in user mode: the guest takes a page fault there
 * at once. We learn LSTAR from the write to its MSR, break on the guest's page-fault handler, and
 * when the fault is that one, complete the instruction as SDM 2B, SYSCALL, has it.
 */
export const MSR_LSTAR = 0xc000_0082;
const MSR_STAR = 0xc000_0081;
const MSR_FMASK = 0xc000_0084;

const PAGE_FAULT_GATE = 14n * 16n;
/**
 * Page fault error code: from user mode; SDM 3A, 4.7. The bit for a fetch is there only with NXE or
 * SMEP, but a fault whose address is its own RIP is one.
 */
const FROM_USER = 0x4n;
const RFLAGS_RF = 1n << 16n;
const RFLAGS_DF = 1n << 10n;
const RFLAGS_AC = 1n << 18n;
const RFLAGS_RESERVED = 2n;

/** First instructions of a handler that change nothing we cannot change ourselves. */
const SKIPPED: readonly { readonly bytes: readonly number[]; readonly clears: bigint }[] = [
  { bytes: [0xf3, 0x0f, 0x1e, 0xfa], clears: 0n }, // endbr64
  { bytes: [0x0f, 0x01, 0xca], clears: RFLAGS_AC }, // clac
  { bytes: [0x0f, 0x1f, 0x00], clears: 0n }, // three-byte nop, what clac is patched to
  { bytes: [0x66, 0x90], clears: 0n },
  { bytes: [0x90], clears: 0n },
  { bytes: [0xfc], clears: RFLAGS_DF }, // cld
];

export class SyscallQuirk {
  private entry = 0n;
  private handler = -1n;
  private stepping = false;

  constructor(
    private readonly vcpu: Vcpu,
    private readonly memory: LinearMemory,
  ) {}

  /** The guest wrote LSTAR, so its IDT stands: the write is done and the breakpoint set. */
  onLstarWrite(value: bigint): void {
    this.vcpu.writeMsr(MSR_LSTAR, value);
    this.entry = value;
    this.vcpu.special.load();
    const gate = this.vcpu.special.tableBase('idt') + PAGE_FAULT_GATE;
    // The offset in a 64-bit gate lies in three parts; SDM 3A, 6.14.1.
    const low = this.memory.readU64(gate);
    const high = this.memory.readU64(gate + 8n);
    this.handler = (low & 0xffffn) | ((low >> 32n) & 0xffff_0000n) | ((high & 0xffff_ffffn) << 32n);
    this.vcpu.breakAt(this.handler);
  }

  /** KVM_EXIT_DEBUG. @returns what it was, or undefined when it is none of ours */
  onDebugExit(): 'syscall' | 'breakpoint' | undefined {
    if (this.stepping) {
      this.stepping = false;
      this.vcpu.breakAt(this.handler);
      return 'breakpoint';
    }
    const { registers, special } = this.vcpu;
    registers.load();
    if (registers.get('rip') !== this.handler) return undefined;
    special.load();
    const frame = this.memory.read(registers.get('rsp'), 5 * 8);
    const words = new BigUint64Array(frame.buffer);
    const [errorCode = 0n, faultRip = 0n, , , userRsp = 0n] = words;
    const fromUser = (errorCode & FROM_USER) !== 0n;
    if (fromUser && faultRip === this.entry && special.control('cr2') === this.entry) {
      this.enterKernel(userRsp);
      return 'syscall';
    }
    this.stepOver();
    return 'breakpoint';
  }

  private enterKernel(userRsp: bigint): void {
    const { registers, special } = this.vcpu;
    const selector = Number((this.vcpu.readMsr(MSR_STAR) >> 32n) & 0xfffcn);
    special.setSegment('cs', flat(selector, 0xb, true));
    special.setSegment('ss', flat(selector + 8, 0x3, false));
    special.store();
    const mask = this.vcpu.readMsr(MSR_FMASK);
    registers.set('rip', this.entry);
    registers.set('rsp', userRsp);
    registers.set('rflags', (registers.get('r11') & ~mask & ~RFLAGS_RF) | RFLAGS_RESERVED);
    registers.store();
  }

  /** A real page fault: the handler's first instruction is done for it, or single-stepped. */
  private stepOver(): void {
    const { registers } = this.vcpu;
    const code = this.memory.readAvailable(this.handler, 4);
    const known = SKIPPED.find(({ bytes }) => bytes.every((byte, i) => code[i] === byte));
    if (known === undefined) {
      this.stepping = true;
      this.vcpu.singleStep();
      return;
    }
    registers.set('rip', this.handler + BigInt(known.bytes.length));
    registers.set('rflags', registers.get('rflags') & ~known.clears);
    registers.store();
  }
}

function flat(selector: number, type: number, l: boolean): Segment {
  return { selector, base: 0n, limit: 0xffff_ffff, type, dpl: 0, s: true, db: !l, l, g: true };
}
