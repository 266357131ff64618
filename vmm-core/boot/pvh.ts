import type { GuestMemory, GuestRam } from '../memory/guest-memory';
import type { BootEntry } from './boot-entry';
import type { BootFile } from './boot-file';
import type { BootRequest } from './boot-request';
import { writeCmdline } from './cmdline';
import type { ElfKernel } from './elf';
import { BOOT_INFO, MEMORY_MAP, MODULES } from './low-memory';
import { memoryMap } from './memory-map';
import { type LoadedModule, loadModules } from './modules';
import { loadSegments } from './segments';

/**
 * The x86/HVM direct boot ABI (PVH): Xen's docs/misc/pvh.pandoc and public/arch-x86/hvm/
 * start_info.h. All addresses are guest physical.
 */
const MAGIC = 0x336e_c578;
const VERSION = 1;
const START_INFO_BYTES = 56;
const MODULE_BYTES = 32;
const MAP_ENTRY_BYTES = 24;

/**
 * @param entry the address in the kernel's PVH note
 * @throws BootError
 */
export function loadPvh(
  ram: GuestRam,
  file: BootFile,
  kernel: ElfKernel,
  entry: number,
  request: BootRequest,
): BootEntry {
  const end = loadSegments(ram, file, kernel.segments, entry);
  const modules = loadModules(ram, request.boot, { start: end });
  const cmdline = writeCmdline(ram.memory, [request.boot.cmdline, ...request.hostWords]);
  writeStartInfo(ram.memory, { cmdline, modules, acpiRsdp: request.acpiRsdp });
  return { mode: 'protected-32', entry, registers: { ebx: BOOT_INFO } };
}

interface StartInfo {
  readonly cmdline: number;
  readonly modules: readonly LoadedModule[];
  readonly acpiRsdp: number;
}

function writeStartInfo(memory: GuestMemory, info: StartInfo): void {
  const map = memoryMap(memory.size);
  map.forEach((entry, i) => {
    const at = MEMORY_MAP + i * MAP_ENTRY_BYTES;
    memory.writeU64(at, BigInt(entry.gpa));
    memory.writeU64(at + 8, BigInt(entry.size));
    memory.writeU32(at + 16, entry.type);
    memory.writeU32(at + 20, 0);
  });
  info.modules.forEach((module, i) => {
    const at = MODULES + i * MODULE_BYTES;
    memory.writeU64(at, BigInt(module.gpa));
    memory.writeU64(at + 8, BigInt(module.size));
    memory.writeU64(at + 16, BigInt(module.cmdline));
    memory.writeU64(at + 24, 0n);
  });

  memory.bytes(BOOT_INFO, START_INFO_BYTES).fill(0);
  memory.writeU32(BOOT_INFO, MAGIC);
  memory.writeU32(BOOT_INFO + 4, VERSION);
  memory.writeU32(BOOT_INFO + 12, info.modules.length);
  memory.writeU64(BOOT_INFO + 16, BigInt(info.modules.length === 0 ? 0 : MODULES));
  memory.writeU64(BOOT_INFO + 24, BigInt(info.cmdline));
  memory.writeU64(BOOT_INFO + 32, BigInt(info.acpiRsdp));
  memory.writeU64(BOOT_INFO + 40, BigInt(MEMORY_MAP));
  memory.writeU32(BOOT_INFO + 48, map.length);
}
