/**
 * Numbers and layouts of io_uring, from <linux/io_uring.h>; io-uring-layout.test.ts compares each
 * with what the C compiler says of that header. Offsets are in bytes.
 */

/** System calls of x86-64. */
export const IO_URING_CALL = {
  __NR_io_uring_setup: 425,
  __NR_io_uring_enter: 426,
  __NR_io_uring_register: 427,
} as const;

export const IO_URING = {
  IORING_OP_NOP: 0,
  IORING_OP_READV: 1,
  IORING_OP_WRITEV: 2,
  IORING_OP_FSYNC: 3,
  IORING_OP_FALLOCATE: 17,
  IORING_OP_READ: 22,
  IORING_OP_WRITE: 23,

  IOSQE_FIXED_FILE: 1,
  IORING_FSYNC_DATASYNC: 1,

  IORING_SETUP_SUBMIT_ALL: 1 << 7,
  IORING_SETUP_COOP_TASKRUN: 1 << 8,
  IORING_SETUP_TASKRUN_FLAG: 1 << 9,
  IORING_SETUP_SINGLE_ISSUER: 1 << 12,

  IORING_FEAT_SINGLE_MMAP: 1 << 0,
  IORING_FEAT_NODROP: 1 << 1,

  IORING_SQ_CQ_OVERFLOW: 1 << 1,
  IORING_SQ_TASKRUN: 1 << 2,

  IORING_ENTER_GETEVENTS: 1,

  IORING_REGISTER_FILES: 2,
  IORING_REGISTER_PROBE: 8,
  IO_URING_OP_SUPPORTED: 1,

  IORING_OFF_SQ_RING: 0,
  IORING_OFF_SQES: 0x1000_0000,
} as const;

export const IO_URING_PARAMS = {
  name: 'io_uring_params',
  size: 120,
  at: {
    sq_entries: 0,
    cq_entries: 4,
    flags: 8,
    features: 20,
    'sq_off.tail': 44,
    'sq_off.ring_mask': 48,
    'sq_off.flags': 56,
    'sq_off.array': 64,
    'cq_off.head': 80,
    'cq_off.tail': 84,
    'cq_off.ring_mask': 88,
    'cq_off.cqes': 100,
  },
} as const;

export const IO_URING_SQE = {
  name: 'io_uring_sqe',
  size: 64,
  at: { opcode: 0, flags: 1, fd: 4, off: 8, addr: 16, len: 24, rw_flags: 28, user_data: 32 },
} as const;

export const IO_URING_CQE = {
  name: 'io_uring_cqe',
  size: 16,
  at: { user_data: 0, res: 8 },
} as const;

/** Followed by a struct io_uring_probe_op for each operation. */
export const IO_URING_PROBE = { name: 'io_uring_probe', size: 16, at: { ops_len: 1 } } as const;
export const IO_URING_PROBE_OP = {
  name: 'io_uring_probe_op',
  size: 8,
  at: { op: 0, flags: 2 },
} as const;
