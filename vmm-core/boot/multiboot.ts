import type { GuestRam } from '../memory/guest-memory';
import type { BootEntry } from './boot-entry';
import { BootError } from './boot-error';
import type { BootFile } from './boot-file';
import type { BootRequest } from './boot-request';
import { writeCmdline } from './cmdline';
import type { ElfKernel } from './elf';
import { loadModules } from './modules';
import { LOADER_MAGIC, writeMultibootInfo } from './multiboot-info';
import { loadSegments, type Segment } from './segments';

/** Kernels by the Multiboot Specification 0.6.96; numbers in comments are its sections. */

// The header; 3.1.1. It lies within the first 8 KiB of the file.
export const SEARCHED_BYTES = 8192;
const MAGIC = 0x1bad_b002;
const FLAGS = 4;
const CHECKSUM = 8;
const HEADER_BYTES = 12;
const HEADER_ADDR = 12;
const LOAD_ADDR = 16;
const LOAD_END_ADDR = 20;
const BSS_END_ADDR = 24;
const ENTRY_ADDR = 28;
const HEADER_WITH_ADDRESSES_BYTES = 32;

// What a kernel asks for; 3.1.2. What it gets of these in any case: modules on page boundaries,
// bit 0, and the sizes of memory, bit 1.
const REQUIREMENTS = 0xffff;
const FULFILLED = 0x3;
const VIDEO_MODE = 1 << 2;
const HAS_ADDRESSES = 1 << 16;

export interface MultibootHeader {
  /** Where in the file. */
  readonly offset: number;
  readonly flags: number;
}

/** @param beginning the file's first SEARCHED_BYTES, or all of it */
export function findMultibootHeader(beginning: DataView): MultibootHeader | undefined {
  const last = Math.min(beginning.byteLength, SEARCHED_BYTES) - HEADER_BYTES;
  for (let offset = 0; offset <= last; offset += 4) {
    if (beginning.getUint32(offset, true) !== MAGIC) continue;
    const flags = beginning.getUint32(offset + FLAGS, true);
    const sum = MAGIC + flags + beginning.getUint32(offset + CHECKSUM, true);
    if (sum % 2 ** 32 === 0) return { offset, flags };
  }
  return undefined;
}

/**
 * @param elf what the file is as an ELF file, if it is one
 * @throws BootError
 */
export function loadMultiboot(
  ram: GuestRam,
  file: BootFile,
  header: MultibootHeader,
  elf: ElfKernel | undefined,
  request: BootRequest,
): BootEntry {
  checkRequirements(file, header.flags);
  // The address fields go before what the file is otherwise; 3.1.3.
  const kernel = (header.flags & HAS_ADDRESSES) !== 0 ? addressedKernel(file, header) : elf;
  if (kernel === undefined) {
    throw new BootError(
      `${file.name}: its multiboot header has no addresses, and it is no ELF file`,
      'Link the kernel as ELF, or set bit 16 of the header’s flags and fill its address fields.',
    );
  }
  const end = loadSegments(ram, file, kernel.segments, kernel.entry);
  if (kernel.entry >= 2 ** 32) {
    throw new BootError(
      `${file.name}: its entry point 0x${kernel.entry.toString(16)} is above 4 GiB`,
      'Link the kernel lower: it is entered in 32-bit mode.',
    );
  }
  const modules = loadModules(ram, request.boot, { start: end });
  // The words of the host are Linux', and no Linux boots by this protocol.
  const cmdline = writeCmdline(ram.memory, [request.boot.cmdline]);
  const info = writeMultibootInfo(ram.memory, cmdline, modules);
  return {
    mode: 'protected-32',
    entry: kernel.entry,
    registers: { eax: LOADER_MAGIC, ebx: info },
  };
}

/** A requirement that is not known must not be passed over; 3.1.2. */
function checkRequirements(file: BootFile, flags: number): void {
  const unmet = flags & REQUIREMENTS & ~FULFILLED;
  if (unmet === 0) return;
  const what =
    (unmet & VIDEO_MODE) !== 0
      ? 'a video mode, and the machine has no display'
      : `what is not known here: flags 0x${unmet.toString(16)}`;
  throw new BootError(
    `${file.name}: its multiboot header asks for ${what}`,
    'Build the kernel without that requirement.',
  );
}

/** A kernel of one piece whose addresses are in the header; 3.1.3. */
function addressedKernel(
  file: BootFile,
  { offset }: MultibootHeader,
): { readonly segments: readonly Segment[]; readonly entry: number } {
  const header = file.read(offset, HEADER_WITH_ADDRESSES_BYTES, 'multiboot header');
  const field = (at: number): number => header.getUint32(at, true);
  const gpa = field(LOAD_ADDR);
  const fileOffset = offset - (field(HEADER_ADDR) - gpa);
  // Zeros say: up to the end of the file, and no bss.
  const fileSize = field(LOAD_END_ADDR) === 0 ? file.size - fileOffset : field(LOAD_END_ADDR) - gpa;
  const memorySize = field(BSS_END_ADDR) === 0 ? fileSize : field(BSS_END_ADDR) - gpa;
  if (gpa > field(HEADER_ADDR) || fileOffset < 0 || fileSize <= 0 || memorySize < fileSize) {
    throw new BootError(
      `${file.name}: the addresses in its multiboot header contradict each other`,
      'Correct header_addr, load_addr, load_end_addr and bss_end_addr.',
    );
  }
  return { segments: [{ fileOffset, fileSize, gpa, memorySize }], entry: field(ENTRY_ADDR) };
}
