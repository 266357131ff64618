import koffi from 'koffi';
import { nativeMadvise, nativeMmap, nativeMunmap } from './libc';
import { checked } from './sys-error';

const PROT_NONE = 0;
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;
const MADV_REMOVE = 9;
const MADV_HUGEPAGE = 14;

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
 * A shared, writable mapping of a file descriptor.
 * @throws SysError
 */
export class Mapping {
  readonly address: number;

  constructor(
    fd: number,
    readonly length: number,
    { alignment = 0, reserve = false }: MappingOptions = {},
  ) {
    // MAP_NORESERVE: guest memory that is never touched must not count against the commit limit.
    const flags = MAP_SHARED | (reserve ? 0 : MAP_NORESERVE);
    const hint = alignment === 0 ? 0 : findAligned(length, alignment);
    this.address = checked(
      'mmap',
      nativeMmap(
        hint,
        length,
        PROT_READ | PROT_WRITE,
        hint === 0 ? flags : flags | MAP_FIXED,
        fd,
        0,
      ),
    );
  }

  /** Asks for transparent huge pages; a host that gives none to shared memory ignores it. */
  adviseHugePages(): void {
    checked('madvise', nativeMadvise(this.address, this.length, MADV_HUGEPAGE));
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
 * Gives pages of a shared mapping back to the host; they read as zero from then on.
 * @returns false when the memory is of pages larger than what was to be given back
 */
export function discardPages(address: number, length: number): boolean {
  return nativeMadvise(address, length, MADV_REMOVE) === 0;
}
