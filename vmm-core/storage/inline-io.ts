import os from 'node:os';
import { errno, nativePreadv2, nativePwritev2 } from '../sys/libc';

const { EAGAIN, ENOSYS, EOPNOTSUPP } = os.constants.errno;

/** preadv2(2): EAGAIN instead of waiting for anything. */
const RWF_NOWAIT = 8;

/** Not done; somebody who may wait has to. */
export const DECLINED = -EAGAIN;

/** More is copied better while this thread serves others. */
const MAX_WRITE_BYTES = 64 * 1024;
/** So much of this thread's time goes into the writes of a batch; it has others to serve. */
const BATCH_MS = 0.5;
/** A write that took so long has waited for a device; for a while no other is tried. */
const SLOW_WRITE_MS = 2;
const REST_MS = 100;

/** Whether the kernel can promise for a read or write of this file that it will not wait. */
const UNKNOWN = 0;
const PROMISED = 1;
const NOT_PROMISED = 2;

/**
 * Reads and writes the page cache in this very thread, where that takes no longer than asking
 * another one to do it.
 */
export class InlineIo {
  private reads = UNKNOWN;
  private writes = UNKNOWN;
  private restUntil = 0;
  private spentMs = 0;

  /**
   * @param isPatient a write may be done without the promise that it will not wait: the file system
   * is known to take it into memory, and to make it wait only when the device has fallen behind
   */
  constructor(
    private readonly fd: number,
    private readonly isPatient: boolean,
  ) {}

  /** What was begun before is over. */
  beginBatch(): void {
    this.spentMs = 0;
  }

  /** @returns bytes, -errno, or DECLINED when not all is in memory */
  read(iovecs: number, count: number, offset: number): number {
    if (this.reads === NOT_PROMISED) return DECLINED;
    const result = withErrno(nativePreadv2(this.fd, iovecs, count, offset, RWF_NOWAIT));
    if (this.reads === UNKNOWN) this.reads = isUnsupported(result) ? NOT_PROMISED : PROMISED;
    return isUnsupported(result) ? DECLINED : result;
  }

  /** @returns bytes, -errno, or DECLINED */
  write(iovecs: number, count: number, offset: number, bytes: number): number {
    if (bytes > MAX_WRITE_BYTES) return DECLINED;
    if (this.writes !== NOT_PROMISED) {
      const result = withErrno(nativePwritev2(this.fd, iovecs, count, offset, RWF_NOWAIT));
      if (!isUnsupported(result)) {
        this.writes = PROMISED;
        return result;
      }
      this.writes = NOT_PROMISED;
    }
    return this.isPatient ? this.writePatiently(iovecs, count, offset) : DECLINED;
  }

  private writePatiently(iovecs: number, count: number, offset: number): number {
    if (this.spentMs > BATCH_MS) return DECLINED;
    const began = performance.now();
    if (began < this.restUntil) return DECLINED;
    const result = withErrno(nativePwritev2(this.fd, iovecs, count, offset, 0));
    const ended = performance.now();
    this.spentMs += ended - began;
    if (ended - began > SLOW_WRITE_MS) this.restUntil = ended + REST_MS;
    return result;
  }
}

function withErrno(result: number): number {
  return result < 0 ? -errno() : result;
}

function isUnsupported(result: number): boolean {
  return result === -EOPNOTSUPP || result === -ENOSYS;
}
