import koffi from 'koffi';
import { nativeMadvise, nativeMincore, nativeMmap, nativeMunmap } from './libc';
import { checked } from './sys-error';

const PROT_NONE = 0;
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;
const MADV_DONTNEED = 4;
const MADV_REMOVE = 9;
const MADV_HUGEPAGE = 14;

const PAGE = 4096;
/** Pages that are asked about with one call. */
const PRESENT_PAGES = 16 * 1024;

export interface MappingOptions {
  /** Alignment of the address in bytes, a power of two. */
  readonly alignment?: number;
  /** Take the memory from the host's pool at once, so that it cannot run out later. */
  readonly reserve?: boolean;
}

/** An ArrayBuffer over mapped memory. No copy; valid in any thread while the mapping stands. */
export function viewOf(address: number, length: number): ArrayBuffer {
  return koffi.view(address, length);
}

/**
 * Writable memory of this process: a shared mapping of a file descriptor, or of no file.
 * @throws SysError
 */
export class Mapping {
  readonly address: number;

  /** @param fd undefined for memory of this process alone */
  constructor(
    fd: number | undefined,
    readonly length: number,
    { alignment = 0, reserve = false }: MappingOptions = {},
  ) {
    const kind = fd === undefined ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    // MAP_NORESERVE: guest memory that is never touched must not count against the commit limit.
    const flags = kind | (reserve ? 0 : MAP_NORESERVE);
    const hint = alignment === 0 ? 0 : findAligned(length, alignment);
    this.address = checked(
      'mmap',
      nativeMmap(
        hint,
        length,
        PROT_READ | PROT_WRITE,
        hint === 0 ? flags : flags | MAP_FIXED,
        fd ?? -1,
        0,
      ),
    );
  }

  /** Asks for transparent huge pages; a host that gives none ignores it. */
  adviseHugePages(): void {
    checked('madvise', nativeMadvise(this.address, this.length, MADV_HUGEPAGE));
  }

  /** Bytes with a page of the host behind them; mincore(2). */
  residentBytes(): number {
    const present = new Uint8Array(PRESENT_PAGES);
    let pages = 0;
    for (let at = 0; at < this.length; at += PRESENT_PAGES * PAGE) {
      const bytes = Math.min(PRESENT_PAGES * PAGE, this.length - at);
      checked('mincore', nativeMincore(this.address + at, bytes, present));
      for (let i = 0; i < bytes / PAGE; i++) pages += (present[i] as number) & 1;
    }
    return pages * PAGE;
  }

  /** Views handed out earlier must not be used any more: touching them would fault. */
  unmap(): void {
    checked('munmap', nativeMunmap(this.address, this.length));
  }
}

/** Address space for `length` bytes, reserved by a mapping that MAP_FIXED then replaces. */
function findAligned(length: number, alignment: number): number {
  const whole = length + alignment;
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  const start = checked('mmap', nativeMmap(0, whole, PROT_NONE, flags, -1, 0));
  const aligned = Math.ceil(start / alignment) * alignment;
  if (aligned > start) checked('munmap', nativeMunmap(start, aligned - start));
  const end = aligned + length;
  if (end < start + whole) checked('munmap', nativeMunmap(end, start + whole - end));
  return aligned;
}

/**
 * Gives pages of a mapping back to the host; they read as zero from then on.
 * @param ofFile whether the mapping is of a file
 * @returns false when the memory is of pages larger than what was to be given back
 */
export function discardPages(address: number, length: number, ofFile: boolean): boolean {
  return nativeMadvise(address, length, ofFile ? MADV_REMOVE : MADV_DONTNEED) === 0;
}
