import { NativeBuffer } from '../sys/native-buffer';
import { ioctl } from './ioctl';
import { KVM_DTABLE, KVM_SEGMENT, KVM_SREGS } from './layout';

export type SegmentName = 'cs' | 'ds' | 'es' | 'fs' | 'gs' | 'ss' | 'tr' | 'ldt';
export type ControlName = 'cr0' | 'cr2' | 'cr3' | 'cr4' | 'cr8' | 'efer' | 'apic_base';

/** A segment register's hidden part, as a descriptor has it; SDM 3A, 3.4.5. */
export interface Segment {
  readonly selector: number;
  readonly base: bigint;
  readonly limit: number;
  readonly type: number;
  readonly dpl: number;
  /** Code or data rather than a system segment. */
  readonly s: boolean;
  readonly db: boolean;
  readonly l: boolean;
  readonly g: boolean;
}

/** A copy of a vCPU's segment and control registers: load(), look or change, store(). */
export class SpecialRegisters {
  private readonly buffer = new NativeBuffer(KVM_SREGS.size);

  constructor(private readonly vcpuFd: number) {}

  load(): void {
    ioctl(this.vcpuFd, 'KVM_GET_SREGS', this.buffer.address);
  }

  store(): void {
    ioctl(this.vcpuFd, 'KVM_SET_SREGS', this.buffer.address);
  }

  control(name: ControlName): bigint {
    return this.buffer.view.getBigUint64(KVM_SREGS.at[name], true);
  }

  setControl(name: ControlName, value: bigint): void {
    this.buffer.view.setBigUint64(KVM_SREGS.at[name], value, true);
  }

  tableBase(name: 'gdt' | 'idt'): bigint {
    return this.buffer.view.getBigUint64(KVM_SREGS.at[name] + KVM_DTABLE.at.base, true);
  }

  tableLimit(name: 'gdt' | 'idt'): number {
    return this.buffer.view.getUint16(KVM_SREGS.at[name] + KVM_DTABLE.at.limit, true);
  }

  setTable(name: 'gdt' | 'idt', base: bigint, limit: number): void {
    this.buffer.view.setBigUint64(KVM_SREGS.at[name] + KVM_DTABLE.at.base, base, true);
    this.buffer.view.setUint16(KVM_SREGS.at[name] + KVM_DTABLE.at.limit, limit, true);
  }

  selector(name: SegmentName): number {
    return this.buffer.view.getUint16(KVM_SREGS.at[name] + KVM_SEGMENT.at.selector, true);
  }

  segmentBase(name: SegmentName): bigint {
    return this.buffer.view.getBigUint64(KVM_SREGS.at[name] + KVM_SEGMENT.at.base, true);
  }

  /** The privilege level the vCPU runs at is SS.DPL; SDM 3A, 5.5. */
  privilegeLevel(): number {
    return this.buffer.view.getUint8(KVM_SREGS.at.ss + KVM_SEGMENT.at.dpl);
  }

  /** CS.L: 64-bit code, which decides how instructions are decoded. */
  inLongMode(): boolean {
    return this.buffer.view.getUint8(KVM_SREGS.at.cs + KVM_SEGMENT.at.l) === 1;
  }

  setSegment(name: SegmentName, segment: Segment): void {
    const start = KVM_SREGS.at[name];
    const at = KVM_SEGMENT.at;
    const { view } = this.buffer;
    view.setBigUint64(start + at.base, segment.base, true);
    view.setUint32(start + at.limit, segment.limit, true);
    view.setUint16(start + at.selector, segment.selector, true);
    view.setUint8(start + at.type, segment.type);
    view.setUint8(start + at.present, 1);
    view.setUint8(start + at.dpl, segment.dpl);
    view.setUint8(start + at.db, segment.db ? 1 : 0);
    view.setUint8(start + at.s, segment.s ? 1 : 0);
    view.setUint8(start + at.l, segment.l ? 1 : 0);
    view.setUint8(start + at.g, segment.g ? 1 : 0);
    view.setUint8(start + at.avl, 0);
    view.setUint8(start + at.unusable, 0);
  }
}
