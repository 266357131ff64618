import os from 'node:os';
import { close } from '../sys/files';
import { nativeIoctl } from '../sys/libc';
import { Mapping, viewOf } from '../sys/mapping';
import { NativeBuffer } from '../sys/native-buffer';
import { SysError } from '../sys/sys-error';
import { FLAG, IOCTL } from './abi';
import { ioctl } from './ioctl';
import type { CpuidTable } from './kvm';
import {
  KVM_GUEST_DEBUG,
  KVM_LAPIC_STATE,
  KVM_MSR_ENTRY,
  KVM_MSRS,
  KVM_RUN,
  KVM_TRANSLATION,
  KVM_VCPU_EVENTS,
  KVM_XCR,
  KVM_XCRS,
  KVM_XSAVE,
} from './layout';
import { Registers } from './registers';
import { SpecialRegisters } from './special-registers';

const RUN_IOCTL = IOCTL.KVM_RUN;

/** DR7: local enable of breakpoint 0, with bit 10 that always reads as one; SDM 3B, 18.2.4. */
const DR7_BREAKPOINT_0 = 0x402n;

/**
 * One vCPU. The thread that runs it holds one of these, the main thread another on the same file
 * descriptor: KVM serialises their ioctls, and the main thread uses its own only while the vCPU is
 * out of KVM_RUN.
 */
export class Vcpu {
  readonly run: DataView;
  readonly runBytes: Uint8Array;
  readonly registers: Registers;
  readonly special: SpecialRegisters;
  private readonly mapping: Mapping;
  private readonly debug = new NativeBuffer(KVM_GUEST_DEBUG.size);
  private readonly translation = new NativeBuffer(KVM_TRANSLATION.size);
  private readonly msr = new NativeBuffer(KVM_MSRS.size + KVM_MSR_ENTRY.size);
  private readonly events = new NativeBuffer(KVM_VCPU_EVENTS.size);

  constructor(
    readonly fd: number,
    runSize: number,
  ) {
    this.mapping = new Mapping(fd, runSize);
    const buffer = viewOf(this.mapping.address, runSize);
    this.run = new DataView(buffer);
    this.runBytes = new Uint8Array(buffer);
    this.registers = new Registers(fd);
    this.special = new SpecialRegisters(fd);
  }

  /** Enters the guest. Negative with errno EINTR after a kick, EAGAIN while an AP waits. */
  enter(): number {
    return nativeIoctl(this.fd, RUN_IOCTL, 0);
  }

  /**
   * Makes the next KVM_RUN, or the one under way once it is signalled, return with EINTR. A full
   * fence: whoever clears the flag and then looks what was wanted cannot miss a new wish.
   */
  setImmediateExit(on: boolean): void {
    Atomics.store(this.runBytes, KVM_RUN.at.immediate_exit, on ? 1 : 0);
  }

  setCpuid(table: CpuidTable): void {
    ioctl(this.fd, 'KVM_SET_CPUID2', table.buffer.address);
  }

  readMsr(index: number): bigint {
    this.prepareMsr(index);
    ioctl(this.fd, 'KVM_GET_MSRS', this.msr.address);
    return this.msr.view.getBigUint64(KVM_MSRS.size + KVM_MSR_ENTRY.at.data, true);
  }

  /** @returns false when this host's KVM does not take that MSR or value */
  writeMsr(index: number, value: bigint): boolean {
    this.prepareMsr(index);
    this.msr.view.setBigUint64(KVM_MSRS.size + KVM_MSR_ENTRY.at.data, value, true);
    return ioctl(this.fd, 'KVM_SET_MSRS', this.msr.address) === 1;
  }

  private prepareMsr(index: number): void {
    this.msr.view.setUint32(KVM_MSRS.at.nmsrs, 1, true);
    this.msr.view.setUint32(KVM_MSRS.size + KVM_MSR_ENTRY.at.index, index, true);
  }

  /** A guest linear address to its physical one by the guest's own page tables, or -1. */
  translate(linear: bigint): number {
    this.translation.view.setBigUint64(KVM_TRANSLATION.at.linear_address, linear, true);
    ioctl(this.fd, 'KVM_TRANSLATE', this.translation.address);
    if (this.translation.bytes[KVM_TRANSLATION.at.valid] === 0) return -1;
    return Number(this.translation.view.getBigUint64(KVM_TRANSLATION.at.physical_address, true));
  }

  /**
   * Lets a guest with kvmclock know that it was stopped, so that its watchdog does not take the gap
   * for a processor that hangs.
   */
  notePaused(): void {
    try {
      ioctl(this.fd, 'KVM_KVMCLOCK_CTRL', 0);
    } catch (error) {
      // A guest without kvmclock cannot be told.
      if (!(error instanceof SysError && error.errno === os.constants.errno.EINVAL)) throw error;
    }
  }

  /** KVM_EXIT_DEBUG before the instruction at `linear` runs; one address at a time. */
  breakAt(linear: bigint): void {
    const control = FLAG.KVM_GUESTDBG_ENABLE | FLAG.KVM_GUESTDBG_USE_HW_BP;
    this.debug.view.setUint32(KVM_GUEST_DEBUG.at.control, control, true);
    this.debug.view.setBigUint64(KVM_GUEST_DEBUG.at['arch.debugreg'], linear, true);
    this.debug.view.setBigUint64(
      KVM_GUEST_DEBUG.at['arch.debugreg'] + 7 * 8,
      DR7_BREAKPOINT_0,
      true,
    );
    ioctl(this.fd, 'KVM_SET_GUEST_DEBUG', this.debug.address);
  }

  /** KVM_EXIT_DEBUG after the next instruction; breakpoints are off until breakAt(). */
  singleStep(): void {
    const control = FLAG.KVM_GUESTDBG_ENABLE | FLAG.KVM_GUESTDBG_SINGLESTEP;
    this.debug.view.setUint32(KVM_GUEST_DEBUG.at.control, control, true);
    ioctl(this.fd, 'KVM_SET_GUEST_DEBUG', this.debug.address);
  }

  /** The guest takes this exception before its next instruction. */
  injectException(vector: number, errorCode?: number): void {
    ioctl(this.fd, 'KVM_GET_VCPU_EVENTS', this.events.address);
    const at = KVM_VCPU_EVENTS.at;
    this.events.bytes[at['exception.injected']] = 1;
    this.events.bytes[at['exception.nr']] = vector;
    this.events.bytes[at['exception.has_error_code']] = errorCode === undefined ? 0 : 1;
    this.events.view.setUint32(at['exception.error_code'], errorCode ?? 0, true);
    this.events.bytes[at['exception.pending']] = 0;
    ioctl(this.fd, 'KVM_SET_VCPU_EVENTS', this.events.address);
  }

  /** The standard (not compacted) form of XSAVE; SDM 1, 13.4. */
  readXsave(into: NativeBuffer): void {
    ioctl(this.fd, 'KVM_GET_XSAVE', into.address);
  }

  writeXsave(from: NativeBuffer): void {
    ioctl(this.fd, 'KVM_SET_XSAVE', from.address);
  }

  readXcr0(): bigint {
    const xcrs = this.xcrs;
    ioctl(this.fd, 'KVM_GET_XCRS', xcrs.address);
    return xcrs.view.getBigUint64(KVM_XCRS.at.xcrs + KVM_XCR.at.value, true);
  }

  private readonly xcrs = new NativeBuffer(KVM_XCRS.size);

  readLapic(into: NativeBuffer): void {
    ioctl(this.fd, 'KVM_GET_LAPIC', into.address);
  }

  writeLapic(from: NativeBuffer): void {
    ioctl(this.fd, 'KVM_SET_LAPIC', from.address);
  }

  /** Ends this handle; the file descriptor stays for its owner. */
  unmap(): void {
    this.mapping.unmap();
  }

  close(): void {
    this.unmap();
    close(this.fd);
  }
}

/** A buffer for readXsave() and writeXsave(). */
export const newXsaveBuffer = (): NativeBuffer => new NativeBuffer(KVM_XSAVE.size);
export const newLapicBuffer = (): NativeBuffer => new NativeBuffer(KVM_LAPIC_STATE.size);
