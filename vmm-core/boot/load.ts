import type { BootConfig } from '../machine/config-boot';
import type { GuestRam } from '../memory/guest-memory';
import { writeAcpiTables } from './acpi/tables';
import type { BootEntry } from './boot-entry';
import { BootError } from './boot-error';
import { type BootFile, withBootFile } from './boot-file';
import type { BootRequest } from './boot-request';
import { isBzImage, loadBzImage } from './bzimage';
import { isElf, readElf } from './elf';
import { writeMpTable } from './mp-table';
import { findMultibootHeader, loadMultiboot, SEARCHED_BYTES } from './multiboot';
import { loadPvh } from './pvh';

/**
 * Puts kernel, initrd, modules and what the guest is told of its machine into guest memory.
 * @param hostWords what the host needs on a Linux command line, put behind the configured one
 * @returns how the boot processor begins, by the boot protocol that the kernel is made for
 * @throws BootError naming what cannot be booted and what to do
 */
export function loadKernel(
  ram: GuestRam,
  boot: BootConfig,
  vcpus: number,
  hostWords: readonly string[],
): BootEntry {
  writeMpTable(ram.memory, vcpus);
  const acpiRsdp = writeAcpiTables(ram.memory, { vcpus });
  return withBootFile(boot.kernel, 'kernel', (file) =>
    loadByProtocol(ram, file, { boot, hostWords, acpiRsdp }),
  );
}

/** PVH first: a kernel that has a multiboot header too is told more by it. */
function loadByProtocol(ram: GuestRam, file: BootFile, request: BootRequest): BootEntry {
  const beginning = file.beginning(SEARCHED_BYTES);
  const elf = isElf(beginning) ? readElf(file) : undefined;
  if (elf?.pvhEntry !== undefined) return loadPvh(ram, file, elf, elf.pvhEntry, request);
  if (isBzImage(beginning)) return loadBzImage(ram, file, request);
  const header = findMultibootHeader(beginning);
  if (header !== undefined) return loadMultiboot(ram, file, header, elf, request);
  throw new BootError(
    `${file.name}: ${whatItIs(beginning)}`,
    'Give a vmlinux built with CONFIG_PVH, a 64-bit bzImage (the vmlinuz of a distribution), or a multiboot 1 kernel.',
  );
}

/** How files begin that are taken for kernels, in hexadecimal. */
const OTHER_FILES: readonly (readonly [string, string])[] = [
  ['7f454c46', 'an ELF file with neither a PVH note nor a multiboot header'],
  ['1f8b', 'compressed by gzip'],
  ['fd377a58', 'compressed by xz'],
  ['28b52ffd', 'compressed by zstd'],
  ['4d5a', 'an EFI program, or a kernel for another processor'],
  ['514649fb', 'a qcow2 disk'],
  ['23212f', 'a script'],
];

function whatItIs(beginning: DataView): string {
  if (beginning.byteLength === 0) return 'is empty';
  const hex = Buffer.from(beginning.buffer, 0, Math.min(beginning.byteLength, 8)).toString('hex');
  const other = OTHER_FILES.find(([magic]) => hex.startsWith(magic));
  return `is ${other?.[1] ?? 'neither an ELF file, nor a bzImage, nor a multiboot kernel'}`;
}
