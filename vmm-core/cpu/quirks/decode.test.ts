import { describe, expect, it } from 'vitest';
import { REG } from '../../kvm/registers';
import type { Vcpu } from '../../kvm/vcpu';
import { decode } from './decode';

/** Registers 0x1000, 0x2000, … in the order of struct kvm_regs; FS based at 7, GS at 0x70000. */
const vcpu = {
  registers: { at: (index: number) => BigInt(index + 1) * 0x1000n },
  special: { segmentBase: (name: string) => (name === 'gs' ? 0x7_0000n : 7n) },
} as unknown as Vcpu;

const value = (name: keyof typeof REG): bigint => BigInt(REG[name] + 1) * 0x1000n;
const decoded = (hex: string) => decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'), vcpu);
const addressOf = (hex: string): bigint | undefined => {
  const operand = decoded(hex)?.operand;
  return operand?.kind === 'memory' ? operand.address : undefined;
};

describe('decoding an instruction', () => {
  it.each([
    ['cc', 'cc', 1],
    ['9b', '9b', 1],
    ['0f 01 ca', '0f01', 3],
    ['f3 0f b8 c3', '0fb8', 4],
    ['f3 48 0f b8 c3', '0fb8', 5],
    ['66 0f 38 82 10', '0f3882', 5],
    ['f0 48 0f c7 0f', '0fc7', 5],
  ])('%s is %s in %i bytes', (hex, opcode, length) => {
    expect(decoded(hex)).toMatchObject({ opcode, length });
  });

  it('tells the prefixes that select an instruction', () => {
    expect(decoded('66 0f 6e c0')).toMatchObject({ mandatory: 0x66, rexW: false });
    expect(decoded('66 48 0f 6e c0')).toMatchObject({ mandatory: 0x66, rexW: true });
    expect(decoded('66 f3 0f b8 c3')).toMatchObject({ mandatory: 0xf3, operandSizePrefix: true });
  });

  it('extends both registers by REX', () => {
    expect(decoded('f3 45 0f b8 c3')).toMatchObject({
      reg: 8,
      operand: { kind: 'register', index: 11 },
    });
  });

  // Each is `xsave` with another operand, as GNU as encodes it.
  it.each<[string, string, bigint]>([
    ['(%rdi)', '0f ae 27', value('rdi')],
    ['0x40(%rdi)', '0f ae 67 40', value('rdi') + 0x40n],
    ['-0x10(%rbp)', '0f ae 65 f0', value('rbp') - 0x10n],
    ['0x1000(%rbx)', '0f ae a3 00 10 00 00', value('rbx') + 0x1000n],
    ['(%rsp)', '0f ae 24 24', value('rsp')],
    ['0x8(%rax,%rcx,4)', '0f ae 64 88 08', value('rax') + 4n * value('rcx') + 8n],
    ['(%r12)', '41 0f ae 24 24', value('r12')],
    ['(%r13)', '41 0f ae 65 00', value('r13')],
    ['(%rax,%r12,8)', '42 0f ae 24 e0', value('rax') + 8n * value('r12')],
    ['0x1234 absolute', '0f ae 24 25 34 12 00 00', 0x1234n],
    ['0x100(%rip)', '0f ae 25 00 01 00 00', value('rip') + 7n + 0x100n],
    ['%gs:(%rdi)', '65 0f ae 27', 0x7_0000n + value('rdi')],
  ])('finds the operand %s', (_name, hex, address) => {
    expect(addressOf(hex)).toBe(address);
  });

  it('wraps addresses at 64 bits', () => {
    expect(addressOf('0f ae 24 25 ff ff ff ff')).toBe(0xffff_ffff_ffff_ffffn);
  });

  it.each(['', '0f', '0f ae', '0f ae 64', '0f ae a3 00 10', '66', '48'])(
    'gives nothing for what ends too soon: "%s"',
    (hex) => {
      expect(decoded(hex)).toBeUndefined();
    },
  );
});
