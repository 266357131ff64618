import type { Vcpu } from '../../kvm/vcpu';

/**
 * Decodes one instruction of 64-bit code as far as the emulation in instructions.ts needs it:
 * prefixes, opcode, ModRM and its operand. SDM 2A, chapter 2.
 */
export interface Instruction {
  /** `0f01`, `0f38f0`, `cc`: opcode bytes in hexadecimal, the escapes included. */
  readonly opcode: string;
  /** Operand-size (66), repeat (f3, f2) prefix: the last one that selects an instruction. */
  readonly mandatory: 0 | 0x66 | 0xf2 | 0xf3;
  readonly operandSizePrefix: boolean;
  readonly rexW: boolean;
  /** ModRM.reg with REX.R; the opcode extension is its low three bits. */
  readonly reg: number;
  readonly operand: Operand;
  readonly length: number;
}

/** What ModRM.rm names: a register by its encoding, or a linear address. */
export type Operand =
  | { readonly kind: 'register'; readonly index: number }
  | { readonly kind: 'memory'; readonly address: bigint };

/** Encoding order of the general registers, as indexes into struct kvm_regs. */
export const ENCODED_REGISTERS = [0, 2, 3, 1, 6, 7, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15] as const;
const RIP_INDEX = 16;

/** Opcodes handled here that have no ModRM byte. */
const WITHOUT_MODRM = new Set(['cc', '9b']);
const MASK_64 = (1n << 64n) - 1n;

/** @returns undefined when the bytes end before the instruction does */
export function decode(code: Uint8Array, vcpu: Vcpu): Instruction | undefined {
  let at = 0;
  let operandSizePrefix = false;
  let repeat: 0 | 0xf2 | 0xf3 = 0;
  let segment: 'fs' | 'gs' | undefined;
  let rex = 0;

  for (; at < code.length; at++) {
    const byte = code[at];
    if (byte === 0x66) operandSizePrefix = true;
    else if (byte === 0xf2 || byte === 0xf3) repeat = byte;
    else if (byte === 0x64) segment = 'fs';
    else if (byte === 0x65) segment = 'gs';
    else if (byte === 0xf0 || byte === 0x2e || byte === 0x3e) continue;
    else break;
  }
  const maybeRex = code[at];
  if (maybeRex !== undefined && (maybeRex & 0xf0) === 0x40) {
    rex = maybeRex;
    at++;
  }

  let opcode = hex(code[at++]);
  if (opcode === '0f') {
    opcode += hex(code[at++]);
    if (opcode === '0f38' || opcode === '0f3a') opcode += hex(code[at++]);
  }
  if (at > code.length) return undefined;

  const mandatory = repeat !== 0 ? repeat : operandSizePrefix ? 0x66 : 0;
  const rexW = (rex & 8) !== 0;
  const common = { opcode, mandatory, operandSizePrefix, rexW } as const;
  if (WITHOUT_MODRM.has(opcode)) {
    return { ...common, reg: 0, operand: { kind: 'register', index: 0 }, length: at };
  }

  const modrm = code[at++];
  if (modrm === undefined) return undefined;
  const mod = modrm >> 6;
  const reg = ((modrm >> 3) & 7) | ((rex & 4) << 1);
  const rm = (modrm & 7) | ((rex & 1) << 3);
  if (mod === 3) {
    return { ...common, reg, operand: { kind: 'register', index: rm }, length: at };
  }

  const register = (encoding: number): bigint =>
    vcpu.registers.at(ENCODED_REGISTERS[encoding] ?? 0);
  let address = 0n;
  let ripRelative = false;
  let displacementSize = mod === 1 ? 1 : mod === 2 ? 4 : 0;
  if ((modrm & 7) === 4) {
    const sib = code[at++];
    if (sib === undefined) return undefined;
    const index = ((sib >> 3) & 7) | ((rex & 2) << 2);
    const base = sib & 7;
    if (index !== 4) address += register(index) << BigInt(sib >> 6);
    if (base === 5 && mod === 0) displacementSize = 4;
    else address += register(base | ((rex & 1) << 3));
  } else if ((modrm & 7) === 5 && mod === 0) {
    ripRelative = true;
    displacementSize = 4;
  } else {
    address += register(rm);
  }
  if (at + displacementSize > code.length) return undefined;
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  if (displacementSize === 1) address += BigInt(view.getInt8(at));
  if (displacementSize === 4) address += BigInt(view.getInt32(at, true));
  at += displacementSize;
  // None of the instructions handled has an immediate, so the next one begins here.
  if (ripRelative) address += vcpu.registers.at(RIP_INDEX) + BigInt(at);
  if (segment !== undefined) address += vcpu.special.segmentBase(segment);
  return { ...common, reg, operand: { kind: 'memory', address: address & MASK_64 }, length: at };
}

function hex(byte: number | undefined): string {
  return byte === undefined ? '??' : byte.toString(16).padStart(2, '0');
}
