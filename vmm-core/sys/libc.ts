import koffi from 'koffi';

/**
 * The functions of libc that the monitor calls. Addresses and lengths are Numbers: user space ends
 * below 2^47, well inside the 53 bits a Number holds exactly.
 */
const libc = koffi.load('libc.so.6');

type Native<A extends unknown[]> = (...args: A) => number;

export const nativeIoctl: Native<[fd: number, request: number, argument: number]> = libc.func(
  'int ioctl(int, unsigned long, uint64_t)',
);
export const nativeOpen: Native<[path: string, flags: number, mode: number]> = libc.func(
  'int open(const char *, int, unsigned int)',
);
export const nativeClose: Native<[fd: number]> = libc.func('int close(int)');
export const nativeRead: Native<[fd: number, address: number, length: number]> = libc.func(
  'int64_t read(int, uint64_t, size_t)',
);
export const nativeWrite: Native<[fd: number, address: number, length: number]> = libc.func(
  'int64_t write(int, uint64_t, size_t)',
);
export const nativePread: Native<[fd: number, address: number, length: number, offset: number]> =
  libc.func('int64_t pread64(int, uint64_t, size_t, int64_t)');
export const nativeMmap: Native<
  [hint: number, length: number, protection: number, flags: number, fd: number, offset: number]
> = libc.func('int64_t mmap64(uint64_t, size_t, int, int, int, int64_t)');
export const nativeMunmap: Native<[address: number, length: number]> = libc.func(
  'int munmap(uint64_t, size_t)',
);
export const nativeMadvise: Native<[address: number, length: number, advice: number]> = libc.func(
  'int madvise(uint64_t, size_t, int)',
);
export const nativeMincore: Native<[address: number, length: number, present: Uint8Array]> =
  libc.func('int mincore(uint64_t, size_t, void *)');
export const nativeMemfdCreate: Native<[name: string, flags: number]> = libc.func(
  'int memfd_create(const char *, unsigned int)',
);
export const nativeFtruncate: Native<[fd: number, length: number]> = libc.func(
  'int ftruncate64(int, int64_t)',
);
export const nativeEventfd: Native<[initial: number, flags: number]> = libc.func(
  'int eventfd(unsigned int, int)',
);
export const nativeGettid: Native<[]> = libc.func('int gettid()');
export const nativeSchedSetaffinity: Native<[tid: number, length: number, mask: number]> =
  libc.func('int sched_setaffinity(int, size_t, uint64_t)');
export const nativeSetpriority: Native<[which: number, who: number, nice: number]> = libc.func(
  'int setpriority(int, unsigned int, int)',
);
export const nativeTgkill: Native<[pid: number, tid: number, signal: number]> = libc.func(
  'int tgkill(int, int, int)',
);
export const nativeSigaction: Native<[signal: number, action: number, old: number]> = libc.func(
  'int sigaction(int, uint64_t, uint64_t)',
);
export const nativeGetsockopt: Native<
  [fd: number, level: number, option: number, value: number, length: number]
> = libc.func('int getsockopt(int, int, int, uint64_t, uint64_t)');
export const nativeGetrandom: Native<[address: number, length: number, flags: number]> = libc.func(
  'int64_t getrandom(uint64_t, size_t, unsigned int)',
);
/** A system call that libc has no function for, by its number. */
export const nativeSyscall: Native<
  [call: number, a: number, b: number, c: number, d: number, e: number, f: number]
> = libc.func('int syscall(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t)');
export const nativePreadv2: Native<
  [fd: number, iovecs: number, count: number, offset: number, flags: number]
> = libc.func('int64_t preadv64v2(int, uint64_t, int, int64_t, int)');
export const nativePwritev2: Native<
  [fd: number, iovecs: number, count: number, offset: number, flags: number]
> = libc.func('int64_t pwritev64v2(int, uint64_t, int, int64_t, int)');
export const nativePwrite: Native<[fd: number, address: number, length: number, offset: number]> =
  libc.func('int64_t pwrite64(int, uint64_t, size_t, int64_t)');
export const nativeFdatasync: Native<[fd: number]> = libc.func('int fdatasync(int)');
export const nativeFallocate: Native<[fd: number, mode: number, offset: number, length: number]> =
  libc.func('int fallocate64(int, int, int64_t, int64_t)');
export const nativeFcntl: Native<[fd: number, command: number, argument: number]> = libc.func(
  'int fcntl64(int, int, uint64_t)',
);
export const nativeStatx: Native<
  [directory: number, path: string, flags: number, mask: number, result: number]
> = libc.func('int statx(int, const char *, int, unsigned int, uint64_t)');
export const nativeMemcpy: Native<[to: number, from: number, length: number]> = libc.func(
  'int64_t memcpy(uint64_t, uint64_t, size_t)',
);
export const nativeMemset: Native<[address: number, byte: number, length: number]> = libc.func(
  'int64_t memset(uint64_t, int, size_t)',
);
export const nativeReadv: Native<[fd: number, iovecs: number, count: number]> = libc.func(
  'int64_t readv(int, uint64_t, int)',
);
export const nativeWritev: Native<[fd: number, iovecs: number, count: number]> = libc.func(
  'int64_t writev(int, uint64_t, int)',
);
export const nativeSocket: Native<[family: number, type: number, protocol: number]> = libc.func(
  'int socket(int, int, int)',
);
export const nativeExit: Native<[code: number]> = libc.func('void _exit(int)');
const nativeDlsym: Native<[handle: number, name: string]> = libc.func(
  'int64_t dlsym(uint64_t, const char *)',
);

/** The errno of this thread's last call through libc. */
export function errno(): number {
  return koffi.errno();
}

/** The address of a libc function, for kernel interfaces that want a native handler. */
export function libcSymbol(name: string): number {
  const address = nativeDlsym(0, name);
  if (address === 0) throw new Error(`libc has no symbol ${name}`);
  return address;
}
