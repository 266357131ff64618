import type { Vcpu } from '../../kvm/vcpu';
import { GuestAddressError, type GuestMemory } from '../../memory/guest-memory';
import { randomBytes } from '../../sys/random';
import { decode, ENCODED_REGISTERS, type Instruction } from './decode';
import { GuestPageFault, LinearMemory } from './linear-memory';
import { MXCSR_OFFSET, XsaveArea, type XsaveComponent, xmmOffset } from './xsave';

/**
 * Completes instructions that kernel code uses and a host's emulator lacks. Each entry follows the
 * instruction's page in SDM 2, for 64-bit code at CPL 0.
 */
const RFLAGS_CF = 1n << 0n;
const RFLAGS_PF = 1n << 2n;
const RFLAGS_AF = 1n << 4n;
const RFLAGS_ZF = 1n << 6n;
const RFLAGS_SF = 1n << 7n;
const RFLAGS_OF = 1n << 11n;
const RFLAGS_AC = 1n << 18n;
const ARITHMETIC = RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF;

const VECTOR_BP = 3;
const VECTOR_PF = 14;
const MSR_TSC = 0x10;
const MSR_TSC_AUX = 0xc000_0103;
const PF_WRITE = 2;

type Handler = (instruction: Instruction) => boolean;

export class InstructionEmulator {
  readonly memory: LinearMemory;
  private readonly xsave: XsaveArea;
  /** By opcode. A handler says whether this form of the opcode is one it knows. */
  private readonly handlers: Readonly<Record<string, Handler>> = {
    '9b': () => true, // fwait: no exception is pending that the guest has not taken
    cc: () => this.int3(),
    '0f01': (i) => this.group7(i),
    '0f18': () => true, // prefetch hints
    '0f0d': () => true,
    '0f1e': () => true, // endbr64 and other reserved nops
    '0fae': (i) => this.group15(i),
    '0fb8': (i) => i.mandatory === 0xf3 && this.populationCount(i),
    '0fc7': (i) => this.group9(i),
    '0f6e': (i) => i.mandatory === 0x66 && this.moveToXmm(i, i.rexW ? 8 : 4),
    '0f7e': (i) =>
      i.mandatory === 0xf3 ? this.moveToXmm(i, 8) : this.moveFromXmm(i, i.rexW ? 8 : 4),
    '0fd6': (i) => i.mandatory === 0x66 && this.moveFromXmm(i, 8),
    '0f10': (i) => this.moveXmm(i, true),
    '0f11': (i) => this.moveXmm(i, false),
    '0f28': (i) => this.moveXmm(i, true),
    '0f29': (i) => this.moveXmm(i, false),
    '0f6f': (i) => i.mandatory !== 0 && this.moveXmm(i, true),
    '0f7f': (i) => i.mandatory !== 0 && this.moveXmm(i, false),
    db: (i) => this.x87(i),
  };

  constructor(
    private readonly vcpu: Vcpu,
    memory: GuestMemory,
    components: readonly XsaveComponent[],
  ) {
    this.memory = new LinearMemory(vcpu, memory);
    this.xsave = new XsaveArea(vcpu, this.memory, components);
  }

  /** @returns false when the instruction at RIP is none of those known here */
  emulate(): boolean {
    const { registers, special } = this.vcpu;
    registers.load();
    special.load();
    if (!special.inLongMode()) return false;
    const rip = registers.get('rip');
    const instruction = decode(this.memory.readAvailable(rip, 15), this.vcpu);
    if (instruction === undefined) return false;
    const handler = this.handlers[instruction.opcode];
    if (handler === undefined) return false;
    try {
      if (!handler(instruction)) return false;
    } catch (error) {
      // An operand that is no RAM: nothing in the manual's way that could be done here.
      if (error instanceof GuestAddressError) return false;
      if (!(error instanceof GuestPageFault)) throw error;
      this.pageFault(error);
      return true;
    }
    registers.set('rip', rip + BigInt(instruction.length));
    registers.store();
    return true;
  }

  private pageFault(fault: GuestPageFault): void {
    this.vcpu.special.setControl('cr2', fault.address);
    this.vcpu.special.store();
    this.vcpu.injectException(VECTOR_PF, fault.isWrite ? PF_WRITE : 0);
  }

  /** A trap: the guest takes it after the instruction. */
  private int3(): boolean {
    this.vcpu.injectException(VECTOR_BP);
    return true;
  }

  private group7({ operand, reg }: Instruction): boolean {
    if (operand.kind !== 'register') return false;
    const { registers } = this.vcpu;
    // The register form packs one instruction into each ModRM value.
    switch (((reg & 7) << 3) | (operand.index & 7)) {
      case 0o12: // clac
        registers.set('rflags', registers.get('rflags') & ~RFLAGS_AC);
        return true;
      case 0o13: // stac
        registers.set('rflags', registers.get('rflags') | RFLAGS_AC);
        return true;
      case 0o20: // xgetbv
        this.setEdxEax(registers.get('rcx') === 0n ? this.vcpu.readXcr0() : 0n);
        return true;
      case 0o71: // rdtscp
        this.setEdxEax(this.vcpu.readMsr(MSR_TSC));
        registers.set('rcx', this.vcpu.readMsr(MSR_TSC_AUX) & 0xffff_ffffn);
        return true;
      default:
        return false;
    }
  }

  private group15(instruction: Instruction): boolean {
    const { operand, reg, mandatory } = instruction;
    // lfence, mfence, sfence: leaving the guest has ordered everything already.
    if (operand.kind === 'register') return mandatory === 0 && (reg & 7) >= 5;
    if (mandatory !== 0) return false;
    switch (reg & 7) {
      case 2: // ldmxcsr
        this.xsave.load();
        this.xsave.state.bytes.set(this.memory.read(operand.address, 4), MXCSR_OFFSET);
        this.xsave.store();
        return true;
      case 3: // stmxcsr
        this.xsave.load();
        this.memory.write(
          operand.address,
          this.xsave.state.bytes.subarray(MXCSR_OFFSET, MXCSR_OFFSET + 4),
        );
        return true;
      case 4: // xsave
      case 6: // xsaveopt, which may save what has not changed
        this.xsave.save(operand.address, this.edxEax());
        return true;
      case 5: // xrstor
        this.xsave.restore(operand.address, this.edxEax());
        return true;
      default:
        return false;
    }
  }

  private group9({ operand, reg, rexW, operandSizePrefix }: Instruction): boolean {
    const form = reg & 7;
    if (operand.kind === 'memory')
      return form === 1 && rexW && this.compareExchange16(operand.address);
    if (form !== 6 && form !== 7) return false;
    // rdrand, rdseed: always with a value, CF set and the other flags clear.
    const size = rexW ? 8 : operandSizePrefix ? 2 : 4;
    this.writeRegister(operand.index, randomBytes(8).u64[0] ?? 0n, size);
    this.setArithmeticFlags(RFLAGS_CF);
    return true;
  }

  /** cmpxchg16b. Other vCPUs of such a host are not stopped: see docs/hosts.md. */
  private compareExchange16(address: bigint): boolean {
    const { registers } = this.vcpu;
    const bytes = this.memory.read(address, 16);
    const view = new DataView(bytes.buffer);
    const low = view.getBigUint64(0, true);
    const high = view.getBigUint64(8, true);
    const flags = registers.get('rflags');
    if (low === registers.get('rax') && high === registers.get('rdx')) {
      view.setBigUint64(0, registers.get('rbx'), true);
      view.setBigUint64(8, registers.get('rcx'), true);
      this.memory.write(address, bytes);
      registers.set('rflags', flags | RFLAGS_ZF);
    } else {
      registers.set('rax', low);
      registers.set('rdx', high);
      registers.set('rflags', flags & ~RFLAGS_ZF);
    }
    return true;
  }

  private populationCount(instruction: Instruction): boolean {
    const size = instruction.rexW ? 8 : instruction.operandSizePrefix ? 2 : 4;
    const value = this.readOperand(instruction, size);
    const ones = value.toString(2).replaceAll('0', '').length;
    this.writeRegister(instruction.reg, BigInt(ones), size);
    this.setArithmeticFlags(value === 0n ? RFLAGS_ZF : 0n);
    return true;
  }

  private moveToXmm(instruction: Instruction, size: 4 | 8): boolean {
    const fromXmm = instruction.opcode === '0f7e' && instruction.operand.kind === 'register';
    this.xsave.load();
    const state = this.xsave.state.view;
    const value =
      fromXmm && instruction.operand.kind === 'register'
        ? state.getBigUint64(xmmOffset(instruction.operand.index), true)
        : this.readOperand(instruction, size);
    state.setBigUint64(xmmOffset(instruction.reg), value, true);
    state.setBigUint64(xmmOffset(instruction.reg) + 8, 0n, true);
    this.markSseInUse();
    this.xsave.store();
    return true;
  }

  private moveFromXmm(instruction: Instruction, size: 4 | 8): boolean {
    if (instruction.mandatory !== 0x66) return false;
    this.xsave.load();
    const at = xmmOffset(instruction.reg);
    if (instruction.operand.kind === 'memory') {
      this.memory.write(instruction.operand.address, this.xsave.state.bytes.slice(at, at + size));
      return true;
    }
    const value = this.xsave.state.view.getBigUint64(at, true);
    if (instruction.opcode === '0fd6') {
      const to = xmmOffset(instruction.operand.index);
      this.xsave.state.view.setBigUint64(to, value, true);
      this.xsave.state.view.setBigUint64(to + 8, 0n, true);
      this.markSseInUse();
      this.xsave.store();
    } else {
      this.writeRegister(instruction.operand.index, value, size);
    }
    return true;
  }

  /** movups, movaps, movdqu, movdqa and their kin: sixteen bytes either way. */
  private moveXmm(instruction: Instruction, toRegister: boolean): boolean {
    const { opcode, mandatory, operand } = instruction;
    const scalar = (opcode === '0f10' || opcode === '0f11') && mandatory >= 0xf2;
    if (scalar) return false;
    this.xsave.load();
    const { bytes } = this.xsave.state;
    const own = xmmOffset(instruction.reg);
    if (operand.kind === 'memory' && !toRegister) {
      this.memory.write(operand.address, bytes.slice(own, own + 16));
      return true;
    }
    const other = operand.kind === 'register' ? xmmOffset(operand.index) : 0;
    if (operand.kind === 'memory') bytes.set(this.memory.read(operand.address, 16), own);
    else if (toRegister) bytes.copyWithin(own, other, other + 16);
    else bytes.copyWithin(other, own, own + 16);
    this.markSseInUse();
    this.xsave.store();
    return true;
  }

  private markSseInUse(): void {
    const XSTATE_BV = 512;
    const { view } = this.xsave.state;
    view.setBigUint64(XSTATE_BV, view.getBigUint64(XSTATE_BV, true) | 2n, true);
  }

  /** fnclex: clears the exception flags and busy of the status word, which FXSAVE has at 2. */
  private x87({ operand, reg }: Instruction): boolean {
    if (operand.kind !== 'register' || (reg & 7) !== 4 || (operand.index & 7) !== 2) return false;
    this.xsave.load();
    const { view } = this.xsave.state;
    view.setUint16(2, view.getUint16(2, true) & 0x7f00, true);
    this.xsave.store();
    return true;
  }

  private readOperand({ operand }: Instruction, size: number): bigint {
    if (operand.kind === 'memory') {
      const bytes = new Uint8Array(8);
      bytes.set(this.memory.read(operand.address, size));
      return new DataView(bytes.buffer).getBigUint64(0, true);
    }
    return BigInt.asUintN(size * 8, this.vcpu.registers.at(ENCODED_REGISTERS[operand.index] ?? 0));
  }

  /** A 32-bit result clears the upper half, a 16-bit one keeps the rest; SDM 1, 3.4.1.1. */
  private writeRegister(encoding: number, value: bigint, size: number): void {
    const index = ENCODED_REGISTERS[encoding] ?? 0;
    const low = BigInt.asUintN(size * 8, value);
    const kept = size === 2 ? this.vcpu.registers.at(index) & ~0xffffn : 0n;
    this.vcpu.registers.setAt(index, kept | low);
  }

  private setArithmeticFlags(flags: bigint): void {
    const { registers } = this.vcpu;
    registers.set('rflags', (registers.get('rflags') & ~ARITHMETIC) | flags);
  }

  private edxEax(): bigint {
    const { registers } = this.vcpu;
    return ((registers.get('rdx') & 0xffff_ffffn) << 32n) | (registers.get('rax') & 0xffff_ffffn);
  }

  private setEdxEax(value: bigint): void {
    this.vcpu.registers.set('rax', value & 0xffff_ffffn);
    this.vcpu.registers.set('rdx', value >> 32n);
  }
}
