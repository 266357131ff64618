import {
  nativeClose,
  nativeEventfd,
  nativeFtruncate,
  nativeMemfdCreate,
  nativeOpen,
  nativePread,
  nativeRead,
  nativeWrite,
} from './libc';
import { NativeBuffer } from './native-buffer';
import { checked, SysError } from './sys-error';

const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const MFD_CLOEXEC = 1;
const MFD_HUGETLB = 4;
/** log2 of the page size, in the bits from 26 up; memfd_create(2). */
const MFD_HUGE_2MB = 21 * 2 ** 26;
const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;

/** @throws SysError with the path in its message */
export function openReadWrite(path: string): number {
  return checked(`open ${path}`, nativeOpen(path, O_RDWR | O_CLOEXEC, 0));
}

export function close(fd: number): void {
  checked('close', nativeClose(fd));
}

/**
 * Anonymous memory with a file descriptor, so that other processes and KVM can map it.
 * @param huge from the host's pool of 2 MiB pages
 */
export function createMemfd(name: string, length: number, huge = false): number {
  const flags = MFD_CLOEXEC | (huge ? MFD_HUGETLB | MFD_HUGE_2MB : 0);
  const fd = checked('memfd_create', nativeMemfdCreate(name, flags));
  checked('ftruncate', nativeFtruncate(fd, length));
  return fd;
}

/**
 * Reads a file straight to an address, whatever its length.
 * @throws SysError; also ENODATA when the file ends before `length` bytes
 */
export function preadFully(fd: number, address: number, length: number, offset: number): void {
  const ENODATA = 61;
  for (let done = 0; done < length; ) {
    const got = checked('pread', nativePread(fd, address + done, length - done, offset + done));
    if (got === 0) throw new SysError('pread', ENODATA);
    done += got;
  }
}

/** A counter that wakes whoever polls it; eventfd(2). */
export class EventFd {
  private readonly word = new NativeBuffer(8);

  private constructor(readonly fd: number) {}

  static create(): EventFd {
    return new EventFd(checked('eventfd', nativeEventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
  }

  /** The same counter in another thread of this process. */
  static of(fd: number): EventFd {
    return new EventFd(fd);
  }

  signal(): void {
    this.word.u64[0] = 1n;
    checked('write eventfd', nativeWrite(this.fd, this.word.address, 8));
  }

  /** Sets the counter back to zero; one that is zero already stays so. */
  clear(): void {
    nativeRead(this.fd, this.word.address, 8);
  }
}
