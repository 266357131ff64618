import { close } from './files';
import {
  IO_URING,
  IO_URING_CALL,
  IO_URING_CQE,
  IO_URING_PARAMS,
  IO_URING_PROBE,
  IO_URING_PROBE_OP,
  IO_URING_SQE,
} from './io-uring-layout';
import { errno, nativeMmap, nativeMunmap, nativeSyscall } from './libc';
import { viewOf } from './mapping';
import { NativeBuffer } from './native-buffer';
import { checked, SysError } from './sys-error';

/** Operations on the ring's file. What `address`, `length` and `modifier` are, depends on them. */
export const RING_NOP = IO_URING.IORING_OP_NOP;
/** `address` of an iovec array, `length` its entries; the others: of a buffer, in bytes. */
export const RING_READV = IO_URING.IORING_OP_READV;
export const RING_WRITEV = IO_URING.IORING_OP_WRITEV;
export const RING_READ = IO_URING.IORING_OP_READ;
export const RING_WRITE = IO_URING.IORING_OP_WRITE;
/** `modifier` RING_DATA_ONLY makes it fdatasync(2). */
export const RING_FSYNC = IO_URING.IORING_OP_FSYNC;
export const RING_DATA_ONLY = IO_URING.IORING_FSYNC_DATASYNC;
/** fallocate(2): `address` is how many bytes, `length` the mode. */
export const RING_FALLOCATE = IO_URING.IORING_OP_FALLOCATE;

const NEEDED_OPERATIONS = [
  RING_READV,
  RING_WRITEV,
  RING_READ,
  RING_WRITE,
  RING_FSYNC,
  RING_FALLOCATE,
];
/** One mapping for both rings; completions that find the ring full are kept for later. */
const NEEDED_FEATURES = IO_URING.IORING_FEAT_SINGLE_MMAP | IO_URING.IORING_FEAT_NODROP;

/**
 * Ways to set a ring up, best first; the kernel answers EINVAL to what it does not know. In the
 * first, work that completes requests waits until this thread enters the kernel by itself, where
 * it would otherwise interrupt it. IORING_SETUP_DEFER_TASKRUN would go further, but poll(2) does
 * not see what it defers, and an eventfd beside the ring costs more than it spares.
 */
const SETUPS = [
  IO_URING.IORING_SETUP_SUBMIT_ALL |
    IO_URING.IORING_SETUP_SINGLE_ISSUER |
    IO_URING.IORING_SETUP_COOP_TASKRUN |
    IO_URING.IORING_SETUP_TASKRUN_FLAG,
  IO_URING.IORING_SETUP_SUBMIT_ALL,
  0,
];

const EINTR = 4;
const EAGAIN = 11;
const EBUSY = 16;
const EINVAL = 22;

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;

/** Typed arrays keep the low 32 bits of what is stored; the quotient by this has the high ones. */
const WORD = 2 ** 32;
const SQE_WORDS = IO_URING_SQE.size / 4;
const CQE_WORDS = IO_URING_CQE.size / 4;
const CQE_RESULT = IO_URING_CQE.at.res / 4;
/** The low byte is the operation, the next one its flags. */
const FIXED_FILE = IO_URING.IOSQE_FIXED_FILE << (8 * IO_URING_SQE.at.flags);
const SQE_FD = IO_URING_SQE.at.fd / 4;
const SQE_OFFSET = IO_URING_SQE.at.off / 4;
const SQE_ADDRESS = IO_URING_SQE.at.addr / 4;
const SQE_LENGTH = IO_URING_SQE.at.len / 4;
const SQE_MODIFIER = IO_URING_SQE.at.rw_flags / 4;
const SQE_USER_DATA = IO_URING_SQE.at.user_data / 4;
/** Completions that only a call into the kernel brings into the ring. */
const KERNEL_HAS_MORE = IO_URING.IORING_SQ_CQ_OVERFLOW | IO_URING.IORING_SQ_TASKRUN;

/** Told of each completion; may prepare requests, but neither submit nor reap. */
export interface RingCompletions {
  /** @param result what the system call of the same name would return, or -errno */
  completed(tag: number, result: number): void;
}

/**
 * An io_uring for one file, io_uring(7): requests are prepared in memory shared with the kernel,
 * submitted by one system call for all, and their completions read from shared memory. Belongs to
 * the thread that made it. Its descriptor is readable while there is something to reap.
 */
export class IoUring {
  private static available: boolean | undefined;

  /** Whether this host lets us: the kernel is new enough and no policy forbids it. */
  static isAvailable(): boolean {
    if (IoUring.available === undefined) {
      try {
        const { fd } = setUp(1);
        IoUring.available = hasOperations(fd);
        close(fd);
      } catch {
        IoUring.available = false;
      }
    }
    return IoUring.available;
  }

  /** Prepared and not yet taken by the kernel. */
  queued = 0;
  readonly fd: number;
  /** Requests that can be prepared before they have to be submitted. */
  readonly capacity: number;

  private readonly mappings: { readonly address: number; readonly length: number }[] = [];
  private readonly ring: Int32Array;
  private readonly entries: Uint32Array;
  // Indexes into `ring`.
  private readonly sqTail: number;
  private readonly sqFlags: number;
  private readonly cqHead: number;
  private readonly cqTail: number;
  private readonly cqEntries: number;
  private readonly sqMask: number;
  private readonly cqMask: number;
  /** Our ends of the two rings; they count modulo 2^32. */
  private tail = 0;
  private head = 0;

  /**
   * @param capacity requests that fit between two submissions; rounded up to a power of two
   * @throws SysError: ENOSYS or EPERM where there is no io_uring for us, ENOMEM
   */
  constructor(capacity: number, fileFd: number) {
    const { fd, params } = setUp(capacity);
    const at = IO_URING_PARAMS.at;
    const of = (offset: number): number => params.view.getUint32(offset, true);
    this.fd = fd;
    this.capacity = of(at.sq_entries);
    try {
      const cqes = of(at['cq_off.cqes']);
      const array = of(at['sq_off.array']);
      const ringBytes = Math.max(
        cqes + of(at.cq_entries) * IO_URING_CQE.size,
        array + this.capacity * 4,
      );
      this.ring = new Int32Array(this.map(ringBytes, IO_URING.IORING_OFF_SQ_RING));
      this.entries = new Uint32Array(
        this.map(this.capacity * IO_URING_SQE.size, IO_URING.IORING_OFF_SQES),
      );
      this.sqTail = of(at['sq_off.tail']) / 4;
      this.sqFlags = of(at['sq_off.flags']) / 4;
      this.cqHead = of(at['cq_off.head']) / 4;
      this.cqTail = of(at['cq_off.tail']) / 4;
      this.cqEntries = cqes / 4;
      this.sqMask = this.ring[of(at['sq_off.ring_mask']) / 4] as number;
      this.cqMask = this.ring[of(at['cq_off.ring_mask']) / 4] as number;
      // Which entry stands at which place of the ring: the same, for good.
      for (let i = 0; i < this.capacity; i++) this.ring[array / 4 + i] = i;
      const files = new NativeBuffer(4);
      files.view.setInt32(0, fileFd, true);
      register(fd, IO_URING.IORING_REGISTER_FILES, files, 1);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private map(length: number, offset: number): ArrayBuffer {
    const address = checked(
      'mmap io_uring',
      nativeMmap(0, length, PROT_READ_WRITE, MAP_SHARED_POPULATE, this.fd, offset),
    );
    this.mappings.push({ address, length });
    return viewOf(address, length);
  }

  /**
   * Writes a request into the ring. Memory it names must stand until it completes.
   * @param tag 0 to 2^31 - 1, handed back with the completion
   * @returns false when the ring is full: submit first
   */
  prepare(
    operation: number,
    address: number,
    length: number,
    offset: number,
    modifier: number,
    tag: number,
  ): boolean {
    if (this.queued === this.capacity) return false;
    const { entries } = this;
    const at = (this.tail & this.sqMask) * SQE_WORDS;
    entries[at] = operation | FIXED_FILE;
    // An index into the registered files, of which there is one.
    entries[at + SQE_FD] = 0;
    entries[at + SQE_OFFSET] = offset;
    entries[at + SQE_OFFSET + 1] = offset / WORD;
    entries[at + SQE_ADDRESS] = address;
    entries[at + SQE_ADDRESS + 1] = address / WORD;
    entries[at + SQE_LENGTH] = length;
    entries[at + SQE_MODIFIER] = modifier;
    entries[at + SQE_USER_DATA] = tag;
    this.tail = (this.tail + 1) | 0;
    this.queued += 1;
    return true;
  }

  /**
   * Gives the kernel all that was prepared. What needs no waiting, like data in the page cache, is
   * complete when this returns.
   * @returns false when the kernel has no room for all now; reap and try again later
   * @throws SysError
   */
  submit(): boolean {
    Atomics.store(this.ring, this.sqTail, this.tail);
    while (this.queued > 0) {
      const taken = nativeSyscall(
        IO_URING_CALL.__NR_io_uring_enter,
        this.fd,
        this.queued,
        0,
        0,
        0,
        0,
      );
      if (taken > 0) this.queued -= taken;
      else if (taken === 0 || !isInterrupted(errno())) return false;
    }
    return true;
  }

  /** Hands over every completion there is, oldest first. */
  reap(completions: RingCompletions): void {
    const { ring } = this;
    for (;;) {
      const end = Atomics.load(ring, this.cqTail);
      while (this.head !== end) {
        const at = this.cqEntries + (this.head & this.cqMask) * CQE_WORDS;
        this.head = (this.head + 1) | 0;
        completions.completed(ring[at] as number, ring[at + CQE_RESULT] as number);
      }
      Atomics.store(ring, this.cqHead, end);
      if ((Atomics.load(ring, this.sqFlags) & KERNEL_HAS_MORE) === 0) return;
      this.fetchCompletions();
    }
  }

  /** Has the kernel do what it put off, and move into the ring what did not fit before. */
  private fetchCompletions(): void {
    const flags = IO_URING.IORING_ENTER_GETEVENTS;
    const enter = IO_URING_CALL.__NR_io_uring_enter;
    if (nativeSyscall(enter, this.fd, 0, 0, flags, 0, 0) < 0) isInterrupted(errno());
  }

  /** Requests in flight are lost and may still touch memory for a moment. */
  close(): void {
    for (const { address, length } of this.mappings) nativeMunmap(address, length);
    this.mappings.length = 0;
    close(this.fd);
  }
}

/**
 * Whether to repeat the call at once, or later.
 * @throws SysError when neither will help
 */
function isInterrupted(error: number): boolean {
  if (error === EINTR) return true;
  if (error === EAGAIN || error === EBUSY) return false;
  throw new SysError('io_uring_enter', error);
}

function setUp(capacity: number): { fd: number; params: NativeBuffer } {
  for (const flags of SETUPS) {
    const params = new NativeBuffer(IO_URING_PARAMS.size);
    params.view.setUint32(IO_URING_PARAMS.at.flags, flags, true);
    const fd = nativeSyscall(
      IO_URING_CALL.__NR_io_uring_setup,
      capacity,
      params.address,
      0,
      0,
      0,
      0,
    );
    if (fd < 0 && errno() === EINVAL) continue;
    checked('io_uring_setup', fd);
    const features = params.view.getUint32(IO_URING_PARAMS.at.features, true);
    if ((features & NEEDED_FEATURES) === NEEDED_FEATURES) return { fd, params };
    close(fd);
  }
  throw new SysError('io_uring_setup', EINVAL);
}

function hasOperations(fd: number): boolean {
  const count = Math.max(...NEEDED_OPERATIONS) + 1;
  const probe = new NativeBuffer(IO_URING_PROBE.size + count * IO_URING_PROBE_OP.size);
  register(fd, IO_URING.IORING_REGISTER_PROBE, probe, count);
  return NEEDED_OPERATIONS.every((operation) => {
    const at = IO_URING_PROBE.size + operation * IO_URING_PROBE_OP.size;
    const flags = probe.view.getUint16(at + IO_URING_PROBE_OP.at.flags, true);
    return (flags & IO_URING.IO_URING_OP_SUPPORTED) !== 0;
  });
}

function register(fd: number, what: number, argument: NativeBuffer, count: number): void {
  const call = IO_URING_CALL.__NR_io_uring_register;
  checked('io_uring_register', nativeSyscall(call, fd, what, argument.address, count, 0, 0));
}
