import type { GuestMemory } from '../memory/guest-memory';
import { BOOT_INFO } from './low-memory';
import { memoryMap } from './memory-map';

/**
 * Linux' boot_params, the "zero page": Documentation/x86/zero-page.rst and the structure of that
 * name in the kernel's uapi/asm/bootparam.h. All that is not written stays zero, which it has to;
 * so do the upper halves of addresses (ext_cmd_line_ptr, ext_ramdisk_image, ext_ramdisk_size), for
 * all that is handed over lies below 4 GiB.
 */
const BOOT_PARAMS_BYTES = 4096;
const ACPI_RSDP_ADDR = 0x70;
const E820_ENTRIES = 0x1e8;
const SETUP_HEADER = 0x1f1;
const TYPE_OF_LOADER = 0x210;
const LOADFLAGS = 0x211;
const CODE32_START = 0x214;
const RAMDISK_IMAGE = 0x218;
const RAMDISK_SIZE = 0x21c;
const CMD_LINE_PTR = 0x228;
const E820_TABLE = 0x2d0;
const E820_ENTRY_BYTES = 20;

const UNREGISTERED_LOADER = 0xff;
const CAN_USE_HEAP = 1 << 7;

export interface BootParams {
  /** The image's own, from setup_sects on. */
  readonly setupHeader: Uint8Array;
  /** Where the 64-bit program was loaded. */
  readonly loadAddress: number;
  readonly cmdline: number;
  readonly initrd: { readonly gpa: number; readonly size: number } | undefined;
  readonly acpiRsdp: number;
}

/** @returns where they lie, which RSI holds at entry */
export function writeBootParams(memory: GuestMemory, params: BootParams): number {
  const page = memory.bytes(BOOT_INFO, BOOT_PARAMS_BYTES);
  page.fill(0);
  page.set(params.setupHeader, SETUP_HEADER);

  memory.writeU8(BOOT_INFO + TYPE_OF_LOADER, UNREGISTERED_LOADER);
  // The heap is one of the real mode code, which never runs.
  const flags = memory.readU8(BOOT_INFO + LOADFLAGS) & ~CAN_USE_HEAP;
  memory.writeU8(BOOT_INFO + LOADFLAGS, flags);
  memory.writeU32(BOOT_INFO + CODE32_START, params.loadAddress);
  memory.writeU32(BOOT_INFO + RAMDISK_IMAGE, params.initrd?.gpa ?? 0);
  memory.writeU32(BOOT_INFO + RAMDISK_SIZE, params.initrd?.size ?? 0);
  memory.writeU32(BOOT_INFO + CMD_LINE_PTR, params.cmdline);
  memory.writeU64(BOOT_INFO + ACPI_RSDP_ADDR, BigInt(params.acpiRsdp));

  const map = memoryMap(memory.size);
  memory.writeU8(BOOT_INFO + E820_ENTRIES, map.length);
  map.forEach((entry, i) => {
    const at = BOOT_INFO + E820_TABLE + i * E820_ENTRY_BYTES;
    memory.writeU64(at, BigInt(entry.gpa));
    memory.writeU64(at + 8, BigInt(entry.size));
    memory.writeU32(at + 16, entry.type);
  });
  return BOOT_INFO;
}
