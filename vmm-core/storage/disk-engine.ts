/**
 * Operations as system calls know them. What `address` and `length` are, depends on them:
 * buffer and bytes; for vectors iovec array and entries; for fallocate bytes and mode.
 */
export const EngineOperation = {
  read: 0,
  write: 1,
  readVector: 2,
  writeVector: 3,
  /** fdatasync(2) */
  sync: 4,
  fallocate: 5,
} as const;
export type EngineOperation = (typeof EngineOperation)[keyof typeof EngineOperation];

/** fallocate(2), its modes. */
export const FALLOC_KEEP_SIZE = 1;
export const FALLOC_PUNCH_HOLE = 2;
export const FALLOC_ZERO_RANGE = 0x10;

/**
 * Carries out system calls on one file without blocking this thread. Each operation has a slot, a
 * small integer, and a slot has one operation at a time. Results are what the kernel says: short
 * transfers and all errors included.
 */
export interface DiskEngine {
  readonly name: 'io_uring' | 'thread';
  /** Reads of what is in the page cache are done within kick(). */
  readonly readsCacheAtOnce: boolean;
  /** Takes an operation in. Memory it names must stand until it was performed. */
  queue(
    slot: number,
    operation: EngineOperation,
    address: number,
    length: number,
    offset: number,
  ): void;
  /** Starts what was queued and reports what is done, until nothing is queued. */
  kick(): void;
  /** Nothing may be in flight. */
  close(): void;
}

export interface EngineClient {
  /** Told within kick() only. May queue again. @param result of the system call, or -errno */
  performed(slot: number, result: number): void;
  /** From the event loop: something is done, so kick(). */
  ready(): void;
}
