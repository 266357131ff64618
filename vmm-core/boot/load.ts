import fs from 'node:fs';
import type { BootConfig } from '../machine/config-boot';
import type { GuestRam } from '../memory/guest-memory';
import { writeAcpiTables } from './acpi/tables';
import { BootError } from './boot-error';
import { type ElfSegment, readPvhKernel } from './elf';
import { MIB_1 } from './memory-map';
import { writeMpTable } from './mp-table';
import { type StartInfo, writeStartInfo } from './pvh';

const PAGE = 4096;

/** How the boot processor begins. */
export interface BootEntry {
  /** Guest physical address of the first instruction: 32-bit protected mode, no paging. */
  readonly entry: number;
  /** What RBX holds: guest physical address of the hvm_start_info. */
  readonly startInfo: number;
}

/**
 * Puts kernel, initrd and what the guest is told of its machine into guest memory.
 * @param extraCmdline words the host needs, put behind the configured ones
 * @throws BootError naming what cannot be booted and what to do
 */
export function loadKernel(
  ram: GuestRam,
  boot: BootConfig,
  vcpus: number,
  extraCmdline: readonly string[],
): BootEntry {
  const kernel = withFile(boot.kernel, 'kernel', (fd) => {
    const headers = readPvhKernel(fd, 'kernel');
    checkSegments(ram, headers.segments);
    for (const segment of headers.segments) {
      ram.load(segment.gpa, fd, segment.fileSize, segment.fileOffset);
    }
    return headers;
  });
  if (!kernel.segments.some((s) => kernel.entry >= s.gpa && kernel.entry < s.gpa + s.memorySize)) {
    throw new BootError(
      `kernel: its entry point 0x${kernel.entry.toString(16)} lies outside what it loads`,
      'Build the kernel again.',
    );
  }
  writeMpTable(ram.memory, vcpus);
  const acpiRsdp = writeAcpiTables(ram.memory, { vcpus });
  const info: StartInfo = {
    cmdline: [boot.cmdline, ...extraCmdline].filter((word) => word !== '').join(' '),
    memoryBytes: ram.memory.size,
    acpiRsdp,
    ...(boot.initrd === undefined ? {} : { initrd: loadInitrd(ram, boot.initrd, kernel.segments) }),
  };
  return { entry: kernel.entry, startInfo: writeStartInfo(ram.memory, info) };
}

/** Every segment in RAM above the first MiB, which holds the boot information, and none twice. */
function checkSegments(ram: GuestRam, segments: readonly ElfSegment[]): void {
  const sorted = [...segments].sort((a, b) => a.gpa - b.gpa);
  let end = 0;
  for (const segment of sorted) {
    const range = `0x${segment.gpa.toString(16)} to 0x${(segment.gpa + segment.memorySize).toString(16)}`;
    if (segment.gpa < MIB_1) {
      throw new BootError(
        `kernel: a segment lies at ${range}, below 1 MiB, where the boot information is`,
        'Link the kernel at 1 MiB or above.',
      );
    }
    if (!ram.memory.contains(segment.gpa, segment.memorySize)) {
      throw new BootError(
        `kernel: a segment lies at ${range}, outside the machine's ${ram.memory.size} bytes of memory`,
        'Give the machine more memory, or link the kernel lower.',
      );
    }
    if (segment.gpa < end) {
      throw new BootError(
        `kernel: the segment at ${range} overlaps another`,
        'Build the kernel again.',
      );
    }
    end = segment.gpa + segment.memorySize;
  }
}

/** As high as low memory goes, page-aligned, where no kernel in use reaches. */
function loadInitrd(
  ram: GuestRam,
  path: string,
  segments: readonly ElfSegment[],
): { gpa: number; size: number } {
  return withFile(path, 'initrd', (fd) => {
    const size = fs.fstatSync(fd).size;
    if (size === 0)
      throw new BootError('initrd: the file is empty', 'Give another initrd, or none.');
    const lowEnd = ram.memory.regions[0]?.size ?? 0;
    const gpa = Math.floor((lowEnd - size) / PAGE) * PAGE;
    const kernelEnd = Math.max(...segments.map((s) => s.gpa + s.memorySize));
    if (gpa < kernelEnd) {
      throw new BootError(
        `initrd: its ${size} bytes do not fit above the kernel in ${lowEnd} bytes of memory`,
        'Give the machine more memory, or a smaller initrd.',
      );
    }
    ram.load(gpa, fd, size, 0);
    return { gpa, size };
  });
}

function withFile<T>(path: string, what: string, use: (fd: number) => T): T {
  let fd: number;
  try {
    fd = fs.openSync(path, 'r');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new BootError(`${what}: ${cause}`, 'Check the path and who may read it.');
  }
  try {
    if (!fs.fstatSync(fd).isFile())
      throw new BootError(`${what}: ${path} is not a file`, 'Give a file.');
    return use(fd);
  } finally {
    fs.closeSync(fd);
  }
}
