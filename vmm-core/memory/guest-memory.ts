import fs from 'node:fs';
import { close, createMemfd, preadFully } from '../sys/files';
import { discardPages, Mapping, viewOf } from '../sys/mapping';
import { type Region, ramRegions } from './address-space';
import { HUGE_PAGE, type PageKind } from './page-kind';

/** A guest physical address, or a length from it, that is not RAM. */
export class GuestAddressError extends Error {
  constructor(
    readonly gpa: number,
    readonly length: number,
  ) {
    super(`guest physical 0x${gpa.toString(16)}, ${length} bytes: not RAM`);
    this.name = 'GuestAddressError';
  }
}

/** What another thread needs to reach the same memory. */
export interface GuestMemoryHandle {
  readonly address: number;
  readonly size: number;
  /** Whether a file is behind it. */
  readonly ofFile: boolean;
}

/**
 * The mapping is seen through windows, each of which also reaches a page into the next: an access
 * that begins in a window ends in it. Small ones, for V8 counts every view as memory it should free
 * some day: a view of all RAM is answered by a garbage collection of several milliseconds.
 */
const WINDOW = 2 * 1024 * 1024;
const OVERLAP = 4096;

/**
 * Guest RAM. Every access is checked, from its first byte to its last; an access never crosses
 * from one region to the next.
 */
export class GuestMemory {
  readonly regions: readonly Region[];
  private readonly windows: { readonly bytes: Uint8Array; readonly view: DataView }[] = [];

  constructor(private readonly handle: GuestMemoryHandle) {
    this.regions = ramRegions(handle.size);
  }

  private windowAt(index: number): { readonly bytes: Uint8Array; readonly view: DataView } {
    let window = this.windows[index];
    if (window === undefined) {
      const start = index * WINDOW;
      const length = Math.min(WINDOW + OVERLAP, this.handle.size - start);
      const buffer = viewOf(this.handle.address + start, length);
      window = { bytes: new Uint8Array(buffer), view: new DataView(buffer) };
      this.windows[index] = window;
    }
    return window;
  }

  get size(): number {
    return this.handle.size;
  }

  /** Where the byte at `gpa` lies in the mapping. @throws GuestAddressError */
  private offsetOf(gpa: number, length: number): number {
    for (const region of this.regions) {
      const into = gpa - region.gpa;
      if (into >= 0 && into + length <= region.size) return region.offset + into;
    }
    throw new GuestAddressError(gpa, length);
  }

  contains(gpa: number, length: number): boolean {
    return this.regions.some((r) => gpa >= r.gpa && length >= 0 && gpa + length <= r.gpa + r.size);
  }

  /** The host address of guest memory, to hand to a system call. @throws GuestAddressError */
  hostAddress(gpa: number, length: number): number {
    return this.handle.address + this.offsetOf(gpa, length);
  }

  /**
   * Gives memory back to the host: whole pages of it, which read as zero from then on.
   * @returns false when the host's pages are larger than that
   * @throws GuestAddressError
   */
  discard(gpa: number, length: number): boolean {
    return discardPages(this.hostAddress(gpa, length), length, this.handle.ofFile);
  }

  /** Guest memory itself, not a copy. @throws GuestAddressError */
  bytes(gpa: number, length: number): Uint8Array {
    const offset = this.offsetOf(gpa, length);
    const start = offset % WINDOW;
    const window = this.windowAt((offset - start) / WINDOW);
    if (start + length <= window.bytes.length) {
      return window.bytes.subarray(start, start + length);
    }
    return new Uint8Array(viewOf(this.handle.address + offset, length));
  }

  readU8(gpa: number): number {
    return this.window(gpa, 1).getUint8(this.cursor);
  }
  readU32(gpa: number): number {
    return this.window(gpa, 4).getUint32(this.cursor, true);
  }
  readU64(gpa: number): bigint {
    return this.window(gpa, 8).getBigUint64(this.cursor, true);
  }
  writeU8(gpa: number, value: number): void {
    this.window(gpa, 1).setUint8(this.cursor, value);
  }
  writeU32(gpa: number, value: number): void {
    this.window(gpa, 4).setUint32(this.cursor, value, true);
  }
  writeU64(gpa: number, value: bigint): void {
    this.window(gpa, 8).setBigUint64(this.cursor, value, true);
  }

  /** Set by window(): where in that window the access begins. Spares an object an access. */
  private cursor = 0;

  private window(gpa: number, length: number): DataView {
    const offset = this.offsetOf(gpa, length);
    this.cursor = offset % WINDOW;
    return this.windowAt((offset - this.cursor) / WINDOW).view;
  }
}

/**
 * Guest RAM as its owner has it. Pages that nobody touches cost nothing. It is an anonymous file,
 * whose resident pages the kernel counts, but where the host shall join its pages to huge ones: that
 * hosts do with memory of no file, as they are set up, and with files' hardly anywhere.
 */
export class GuestRam {
  readonly memory: GuestMemory;
  readonly handle: GuestMemoryHandle;
  private readonly fd: number | undefined;
  private readonly mapping: Mapping;

  /** @throws SysError, ENOMEM when the host has no room for it */
  constructor(size: number, pages: PageKind = 'small') {
    const isPool = pages === 'hugetlb';
    this.fd = pages === 'transparent' ? undefined : createMemfd('guest-ram', size, isPool);
    try {
      // Guest and host addresses must agree below 2 MiB, or KVM cannot map huge pages as such.
      const options = pages === 'small' ? {} : { alignment: HUGE_PAGE, reserve: isPool };
      this.mapping = new Mapping(this.fd, size, options);
      if (pages === 'transparent') this.mapping.adviseHugePages();
    } catch (error) {
      this.closeFile();
      throw error;
    }
    this.handle = { address: this.mapping.address, size, ofFile: this.fd !== undefined };
    this.memory = new GuestMemory(this.handle);
  }

  /** Bytes with a page of the host behind them; stat(2) counts blocks of 512 bytes. */
  residentBytes(): number {
    if (this.fd === undefined) return this.mapping.residentBytes();
    return fs.fstatSync(this.fd).blocks * 512;
  }

  /** Copies a file's bytes straight into guest memory. @throws SysError, GuestAddressError */
  load(gpa: number, fd: number, length: number, fileOffset: number): void {
    preadFully(fd, this.memory.hostAddress(gpa, length), length, fileOffset);
  }

  /** Nothing may use the memory any more, in any thread. */
  release(): void {
    this.mapping.unmap();
    this.closeFile();
  }

  private closeFile(): void {
    if (this.fd !== undefined) close(this.fd);
  }
}
