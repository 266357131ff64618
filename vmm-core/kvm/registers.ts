import { NativeBuffer } from '../sys/native-buffer';
import { ioctl } from './ioctl';
import { KVM_REGS } from './layout';

/** The order of struct kvm_regs, which is not the order of the instruction encoding. */
export const REGISTER_NAMES = [
  'rax',
  'rbx',
  'rcx',
  'rdx',
  'rsi',
  'rdi',
  'rsp',
  'rbp',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'rip',
  'rflags',
] as const;
export type RegisterName = (typeof REGISTER_NAMES)[number];

/** Index of each register in the words of struct kvm_regs. */
export const REG = Object.fromEntries(
  REGISTER_NAMES.map((name, index) => [name, index]),
) as Readonly<Record<RegisterName, number>>;

/** A copy of a vCPU's general registers: load(), look or change, store(). */
export class Registers {
  private readonly buffer = new NativeBuffer(KVM_REGS.size);

  constructor(private readonly vcpuFd: number) {}

  load(): void {
    ioctl(this.vcpuFd, 'KVM_GET_REGS', this.buffer.address);
  }

  store(): void {
    ioctl(this.vcpuFd, 'KVM_SET_REGS', this.buffer.address);
  }

  get(name: RegisterName): bigint {
    return this.at(REG[name]);
  }

  set(name: RegisterName, value: bigint): void {
    this.setAt(REG[name], value);
  }

  /** By index into REGISTER_NAMES. */
  at(index: number): bigint {
    return this.buffer.u64[index] ?? 0n;
  }

  /** Stores the low 64 bits of `value`. */
  setAt(index: number, value: bigint): void {
    this.buffer.u64[index] = value;
  }

  clear(): void {
    this.buffer.u64.fill(0n);
  }
}
