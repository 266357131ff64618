import koffi from 'koffi';
import { nativeMmap, nativeMunmap } from './libc';
import { checked } from './sys-error';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_NORESERVE = 0x4000;

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
  ) {
    // MAP_NORESERVE: guest memory that is never touched must not count against the commit limit.
    this.address = checked(
      'mmap',
      nativeMmap(0, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0),
    );
  }

  /** Views handed out earlier must not be used any more: touching them would fault. */
  unmap(): void {
    checked('munmap', nativeMunmap(this.address, this.length));
  }
}
