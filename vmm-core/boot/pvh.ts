import { MAX_CMDLINE_BYTES } from '../machine/config-boot';
import type { GuestMemory } from '../memory/guest-memory';
import { BootError } from './boot-error';
import { memoryMap } from './memory-map';

/**
 * The x86/HVM direct boot ABI (PVH): Xen's docs/misc/pvh.pandoc and public/arch-x86/hvm/
 * start_info.h. All addresses are guest physical.
 */
const MAGIC = 0x336e_c578;
const VERSION = 1;
const START_INFO_BYTES = 56;
const MODULE_BYTES = 32;
const MAP_ENTRY_BYTES = 24;

const START_INFO = 0x6000;
const MODULES = START_INFO + START_INFO_BYTES;
const MEMORY_MAP = 0x6100;
const CMDLINE = 0x7000;

export interface StartInfo {
  readonly cmdline: string;
  readonly memoryBytes: number;
  /** Guest physical address of ACPI's root pointer. */
  readonly acpiRsdp: number;
  readonly initrd?: { readonly gpa: number; readonly size: number };
}

/**
 * @returns where the hvm_start_info is, the value RBX has at entry
 * @throws BootError when the command line with the host's words behind it is too long
 */
export function writeStartInfo(memory: GuestMemory, info: StartInfo): number {
  const cmdline = Buffer.from(`${info.cmdline}\0`);
  if (cmdline.length > MAX_CMDLINE_BYTES) {
    throw new BootError(
      `command line: takes ${cmdline.length} bytes with the words this host needs; ${MAX_CMDLINE_BYTES} fit`,
      'Shorten the kernel command line.',
    );
  }
  memory.bytes(CMDLINE, cmdline.length).set(cmdline);

  const map = memoryMap(info.memoryBytes);
  map.forEach((entry, i) => {
    const at = MEMORY_MAP + i * MAP_ENTRY_BYTES;
    memory.writeU64(at, BigInt(entry.gpa));
    memory.writeU64(at + 8, BigInt(entry.size));
    memory.writeU32(at + 16, entry.type);
    memory.writeU32(at + 20, 0);
  });

  if (info.initrd !== undefined) {
    memory.bytes(MODULES, MODULE_BYTES).fill(0);
    memory.writeU64(MODULES, BigInt(info.initrd.gpa));
    memory.writeU64(MODULES + 8, BigInt(info.initrd.size));
  }

  memory.bytes(START_INFO, START_INFO_BYTES).fill(0);
  memory.writeU32(START_INFO, MAGIC);
  memory.writeU32(START_INFO + 4, VERSION);
  memory.writeU32(START_INFO + 12, info.initrd === undefined ? 0 : 1);
  memory.writeU64(START_INFO + 16, BigInt(info.initrd === undefined ? 0 : MODULES));
  memory.writeU64(START_INFO + 24, BigInt(CMDLINE));
  memory.writeU64(START_INFO + 32, BigInt(info.acpiRsdp));
  memory.writeU64(START_INFO + 40, BigInt(MEMORY_MAP));
  memory.writeU32(START_INFO + 48, map.length);
  return START_INFO;
}
