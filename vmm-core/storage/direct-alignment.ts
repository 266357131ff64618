import { nativePread, nativeStatx } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import { StorageError } from './storage-error';

/** What direct I/O has to be a multiple of, in bytes, powers of two. */
export interface DirectAlignment {
  /** Where on the disk, and how much. */
  readonly offset: number;
  /** Where in memory. */
  readonly memory: number;
}

const AT_EMPTY_PATH = 0x1000;
// <linux/stat.h>
const STATX_DIOALIGN = 0x2000;
const STATX_BYTES = 256;
const STX_MASK = 0;
const STX_DIO_MEM_ALIGN = 152;
const STX_DIO_OFFSET_ALIGN = 156;

const PAGE = 4096;

/**
 * Finds out what direct I/O on an open file has to be aligned to: the kernel says so since 6.1 for
 * most file systems; for others it is tried.
 * @throws StorageError where there is none
 */
export function findDirectAlignment(
  fd: number,
  path: string,
  logicalBlockSize: number,
): DirectAlignment {
  const statx = new NativeBuffer(STATX_BYTES);
  nativeStatx(fd, '', AT_EMPTY_PATH, STATX_DIOALIGN, statx.address);
  const isKnown = (statx.view.getUint32(STX_MASK, true) & STATX_DIOALIGN) !== 0;
  const offset = isKnown
    ? statx.view.getUint32(STX_DIO_OFFSET_ALIGN, true)
    : smallestDirectRead(fd, logicalBlockSize);
  if (offset === 0) {
    throw new StorageError(
      `the file system of ${path} has no direct I/O`,
      'Let the host cache this disk.',
    );
  }
  return { offset, memory: isKnown ? statx.view.getUint32(STX_DIO_MEM_ALIGN, true) : offset };
}

/** @returns bytes, or 0 when none was accepted */
function smallestDirectRead(fd: number, logicalBlockSize: number): number {
  const buffer = new NativeBuffer(2 * PAGE);
  const page = Math.ceil(buffer.address / PAGE) * PAGE;
  const sizes = [logicalBlockSize, PAGE];
  // Every address and offset is a multiple of the size, and of nothing greater.
  return sizes.find((size) => nativePread(fd, page + (size % PAGE), size, size) >= 0) ?? 0;
}
