import type { GuestMemory } from '../memory/guest-memory';
import { writeText } from './cmdline';
import { BOOT_INFO, BOOT_LOADER_NAME, MEMORY_MAP, MODULES } from './low-memory';
import { EBDA_START, MIB_1, memoryMap } from './memory-map';
import type { LoadedModule } from './modules';

/** What EAX holds at entry; Multiboot Specification 0.6.96, 3.2. */
export const LOADER_MAGIC = 0x2bad_b002;

/** The multiboot information; 3.3. */
const INFO_BYTES = 116;
const HAS_MEMORY_SIZES = 1 << 0;
const HAS_CMDLINE = 1 << 2;
const HAS_MODULES = 1 << 3;
const HAS_MEMORY_MAP = 1 << 6;
const HAS_LOADER_NAME = 1 << 9;

const MODULE_BYTES = 16;
/** An entry's own size does not count the four bytes that hold it. */
const MAP_ENTRY_BYTES = 20;
const KIB = 1024;

/**
 * @param cmdline where the command line lies
 * @returns where the information lies, which EBX holds at entry
 */
export function writeMultibootInfo(
  memory: GuestMemory,
  cmdline: number,
  modules: readonly LoadedModule[],
): number {
  const map = memoryMap(memory.size);
  map.forEach((entry, i) => {
    const at = MEMORY_MAP + i * (4 + MAP_ENTRY_BYTES);
    memory.writeU32(at, MAP_ENTRY_BYTES);
    memory.writeU64(at + 4, BigInt(entry.gpa));
    memory.writeU64(at + 12, BigInt(entry.size));
    memory.writeU32(at + 20, entry.type);
  });
  modules.forEach((module, i) => {
    const at = MODULES + i * MODULE_BYTES;
    memory.writeU32(at, module.gpa);
    memory.writeU32(at + 4, module.gpa + module.size);
    memory.writeU32(at + 8, module.cmdline);
    memory.writeU32(at + 12, 0);
  });
  writeText(memory, BOOT_LOADER_NAME, 'virtdeck');

  const lowEnd = memory.regions[0]?.size ?? 0;
  memory.bytes(BOOT_INFO, INFO_BYTES).fill(0);
  memory.writeU32(
    BOOT_INFO,
    HAS_MEMORY_SIZES | HAS_CMDLINE | HAS_MODULES | HAS_MEMORY_MAP | HAS_LOADER_NAME,
  );
  memory.writeU32(BOOT_INFO + 4, EBDA_START / KIB);
  memory.writeU32(BOOT_INFO + 8, (lowEnd - MIB_1) / KIB);
  memory.writeU32(BOOT_INFO + 16, cmdline);
  memory.writeU32(BOOT_INFO + 20, modules.length);
  memory.writeU32(BOOT_INFO + 24, MODULES);
  memory.writeU32(BOOT_INFO + 44, map.length * (4 + MAP_ENTRY_BYTES));
  memory.writeU32(BOOT_INFO + 48, MEMORY_MAP);
  memory.writeU32(BOOT_INFO + 64, BOOT_LOADER_NAME);
  return BOOT_INFO;
}
